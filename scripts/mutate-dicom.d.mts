export function randomFrom(seed: number): () => number;
export const mutations: Readonly<Record<string, (bytes: Uint8Array, random: () => number) => Uint8Array>>;
export function mutate(bytes: Uint8Array, seed: number): { name: string; bytes: Uint8Array };
