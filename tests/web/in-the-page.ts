/** What tests run in the page. */

/** A drop of files on the work list, given as name and base64. */
export function dropFiles(files: readonly (readonly string[])[]): string {
  return `(() => {
    const transfer = new DataTransfer();
    for (const [name, text] of ${JSON.stringify(files)})
      transfer.items.add(new File([Uint8Array.from(atob(text), (c) => c.charCodeAt(0))], name));
    const event = new DragEvent("drop", { bubbles: true, cancelable: true, dataTransfer: transfer });
    document.querySelector(".wide").dispatchEvent(event);
  })()`;
}

/** Whether there are four images, all loaded. */
export const areShown = (images: unknown[]) =>
  images.length === 4 && images.every((one) => (one as { naturalWidth: number }).naturalWidth > 0);
