import { inImage, withRefusal } from './complaint.ts';
import type { Complaint, ComplaintParser } from './complaint.ts';

/** `/etc/nftables.nft:21:7-11: Error: syntax error`, then the line and a line of carets (src/erec.c). */
const PLACED =
  /^(?:In file included from .*\n)?(\/[^:\n]*):(\d+):(\d+)-(\d+): (Error|Warning): (.*)$/;
const BARE = /^(?:\S+: )?(Error|Warning): (.*)$/;

/** Complaints of `nft --check`. */
export const parseNftOutput: ComplaintParser = (output) => {
  const complaints = output.text.split('\n').flatMap((line): Complaint[] => {
    const [, file = '', number, from, to, level, text = ''] = PLACED.exec(line) ?? [];
    if (level !== undefined) {
      return [
        {
          severity: severityOf(level),
          file: inImage(file),
          line: Number(number),
          columns: { from: Number(from) - 1, to: Number(to) },
          text,
        },
      ];
    }
    const [, bareLevel, bareText = ''] = BARE.exec(line) ?? [];
    return bareLevel === undefined ? [] : [{ severity: severityOf(bareLevel), text: bareText }];
  });
  return withRefusal(complaints, output);
};

function severityOf(level: string): Complaint['severity'] {
  return level === 'Warning' ? 'warning' : 'error';
}

/**
 * Whether the kernel said it, which is that of the machine that builds and not the image's: nft itself found nothing.
 */
export function isOfKernel({ text }: Complaint): boolean {
  return (
    /^(Could not process rule|cache initialization failed|Could not (open|initialize))/i.test(
      text,
    ) ||
    // What is in brackets came with nft 1.1.
    /(Operation not (supported|permitted)|Protocol not supported)(?: \(perhaps you must be root\?\))?$/.test(
      text,
    )
  );
}
