import { InvalidArgumentError, Option } from 'commander';
import type { ImageFormat } from '../cluster/model.ts';
import { IMAGE_FORMATS } from '../cluster/values/image-formats.ts';

/** `--format iso,qcow2`: what images are written as, instead of what the cluster file says. */
export function formatOption(): Option {
  return new Option(
    '--format <list>',
    `what else the images are written as, instead of the cluster file's: ${IMAGE_FORMATS.join(',')} (the ISO always is)`,
  ).argParser(formatsIn);
}

function formatsIn(text: string): readonly ImageFormat[] {
  return text.split(',').map((word) => {
    const format = IMAGE_FORMATS.find((it) => it === word.trim());
    if (format !== undefined) return format;
    throw new InvalidArgumentError(`Allowed are: ${IMAGE_FORMATS.join(', ')}.`);
  });
}
