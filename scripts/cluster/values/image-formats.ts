/** What an image can be written as: the ISO first, which all others are made from. */
export const IMAGE_FORMATS = ['iso', 'raw', 'qcow2', 'vmdk', 'ova', 'vhdx'] as const;

/** The formats that are asked for, with the ISO, in the order of the table and each once. */
export function imageFormats(
  asked: readonly (typeof IMAGE_FORMATS)[number][],
): readonly (typeof IMAGE_FORMATS)[number][] {
  return IMAGE_FORMATS.filter((format) => format === 'iso' || asked.includes(format));
}
