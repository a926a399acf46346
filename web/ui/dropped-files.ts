/** Files that were dropped or chosen, those in folders included. */

export interface NamedFile {
  /** With the folders it lies in. */
  readonly name: string;
  readonly file: File;
}

/** All files of a drop. It must be called before anything is awaited: the browser forgets what was dropped. */
export async function droppedFiles(transfer: DataTransfer): Promise<NamedFile[]> {
  const entries = [...transfer.items].map((item) => item.webkitGetAsEntry());
  const plain = [...transfer.files].map(ofFile);
  if (entries.every((entry) => entry === null)) return plain;
  const found: NamedFile[] = [];
  for (const entry of entries) if (entry) found.push(...(await filesOf(entry)));
  return found;
}

/** Of a file field, also one that chooses folders. */
export const chosenFiles = ({ files }: HTMLInputElement): NamedFile[] => [...(files ?? [])].map(ofFile);

const ofFile = (file: File): NamedFile => ({ name: file.webkitRelativePath || file.name, file });

async function filesOf(entry: FileSystemEntry): Promise<NamedFile[]> {
  if (isFile(entry)) {
    const file = await new Promise<File>((resolve, reject) => entry.file(resolve, reject));
    return [{ name: entry.fullPath.replace(/^\//, ""), file }];
  }
  const found: NamedFile[] = [];
  const reader = (entry as FileSystemDirectoryEntry).createReader();
  // A folder's entries come in pieces until an empty one.
  for (;;) {
    const piece = await new Promise<FileSystemEntry[]>((resolve, reject) =>
      reader.readEntries(resolve, reject),
    );
    if (piece.length === 0) return found;
    for (const one of piece) found.push(...(await filesOf(one)));
  }
}

const isFile = (entry: FileSystemEntry): entry is FileSystemFileEntry => entry.isFile;
