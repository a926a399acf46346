/**
 * Words of MRI protocols that may stay in a cleaned description. Some (long, field, hand) are also names: parts of the names
 * that a file itself contains never stay (clean-text.ts).
 */
export const vocabulary: ReadonlySet<string> = new Set(
  `
  t1 t2 t2* t1w t2w t1rho pd pdw dw dwi adc dti mri mr sti stir tirm ir flair fat water fatsat fatsup fs nfs nofs
  spair spir spectral saturation suppressed suppression dixon mdixon qdixon ideal flex inphase outphase opposed phase
  opp inp outp se tse fse sse ssfse haste ge gre ffe ge3d vibe lava thrive flash fisp truefisp trufi bssfp
  bffe fiesta ciss dess space cube vista vista3d isotropic iso mprage spgr me medic merge mffe epi resolve propeller
  blade multivane radial zoomit fov reduced full ute zte petra swi pwi perf perfusion dce dyn dynamic dynamics tof
  mra mrv angio survey localizer localiser localizers loc scout calibration cal ref reference test shim b0 b1
  map maps mapping fieldmap field relaxometry quantitative fraction pdff r2star r2 r2* iron ip op
  tra trans transverse transversal ax axial sag sagittal cor coronal obl oblique para paracor parasag semicor
  semi paraxial paraaxial straight double orthogonal 2d 3d 4d mpr mip minip recon reformat reformatted
  sij isg isj joint joints sacroiliac sacrum sacral iliosacral ilium iliac pelvis pelvic hip hips femur femoral head
  acetabulum acetabular bone bones spine lumbar lspine thoracic cervical whole body wholebody wb knee shoulder hand wrist
  foot ankle brain abdomen chest thorax neck left right both bilateral bilat lt rt links rechts bds
  becken huefte wirbelsaeule lws bws hws gelenk gelenke bassin hanche rachis
  pre post contrast gd gado km native nativ without with w/o wo mit ohne ce noncontrast delayed early late
  hr highres high resolution res lowres low fast quick breath hold bh fb free breathing trig triggered gated
  resp navigator nav mc moco motion corrected norm normalised normalized filtered unfiltered pre-scan
  long short te tr ti echo echoes echo1 echo2 multi multiecho single shot slice slices slab thin thick
  image images original derived primary secondary mask segmentation seg lesion lesions oedema edema inflammation
  fatlesion erosion sclerosis ankylosis measurement measurements report series study protocol routine standard
  screening baseline followup follow-up research clinical phantom synthetic qa quality control
  noise magnitude mag pha real imaginary subtraction subtracted sub diff diffusion tensor trace exp fa ec
  mosaic fmri bold rest task asl pcasl pasl casl m0 spectroscopy svs csi cine flow velocity venc
  and of the for by at to
  `
    .split(/\s+/)
    .filter(Boolean),
);

/** Values with their unit or meaning beside them: 3mm, 0.8mm, 30deg, b800, te20, p2, x4, 128x128. */
export const quantities: readonly RegExp[] = [
  /^\d{1,2}(\.\d{1,2})?(mm|cm|t|ms|s|min|deg|ch)$/,
  /^(b|te|tr|ti|fa|etl|ny|nex|nsa)\d{1,4}$/,
  /^(p|x|r|acc|e|echo|ph|dyn)\d{1,2}$/,
  /^\d{2,3}x\d{2,3}(x\d{1,3})?$/,
];
