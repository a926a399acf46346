import type { Mask, Volume, VoxelArray } from "../volume/volume.js";

/**
 * Intensities under a mask as a list, in the order of a C-ordered array of shape (i, j, k): k runs fastest, i slowest. This is
 * what `image[mask == 1]` gives in NumPy for a NIfTI file loaded with nibabel, and how the published lists of
 * Hepburn et al. (PLoS ONE 18:e0284508, 2023, `generated_files/normal_bone_intensities`) were written: stored value ×
 * scl_slope in double precision, printed with 18 decimals. An empty mask gives no values.
 *
 * @example voxelList(await readExactly("1003_STIR.nii.gz"), await readMask("1003_normal_marrow.nii.gz"))
 */
export function voxelList({ data, size }: Volume<VoxelArray>, mask: Mask): number[] {
  const [ni, nj, nk] = size;
  const values: number[] = [];
  for (let i = 0; i < ni; i++)
    for (let j = 0; j < nj; j++)
      for (let k = 0; k < nk; k++) {
        const n = i + ni * (j + nj * k);
        if (mask.data[n] !== 0) values.push(data[n]);
      }
  return values;
}

/**
 * A number as C and NumPy print it with `%.18e`. A double that lies exactly between two decimals goes to the even digit there,
 * to the larger one in JavaScript, so the exact expansion (at most 100 digits are looked at) is rounded here.
 *
 * @example printedAs18e(504.4981765747070312500) // "5.044981765747070312e+02"
 */
export function printedAs18e(value: number): string {
  const [digits, exponent] = value.toExponential(100).split("e");
  const isTie = /^-?\d\.\d{18}50*$/.test(digits);
  const goesDown = isTie && Number(digits[digits.indexOf(".") + 18]) % 2 === 0;
  const text = goesDown ? digits.slice(0, digits.indexOf(".") + 19) : value.toExponential(18).split("e")[0];
  return `${text}e${exponent.replace(/^([+-])(\d)$/, "$10$2")}`;
}
