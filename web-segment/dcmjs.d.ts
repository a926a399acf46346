/** dcmjs has no types; src/dicom/dictionary.ts says what it takes of it. */
declare module "dcmjs";
