import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ConsoleText, plainText } from '../../../../scripts/boot/console/text.ts';

describe('plainText', () => {
  test.each([
    ['OpenRC colours', '\u001b[32;01m*\u001b[0m Starting haproxy ...', '* Starting haproxy ...'],
    ['cursor movements', '\u001b[A\u001b[74C\u001b[34;01m[ ok ]\u001b[0m', '[ ok ]'],
    ['a carriage return at the end', 'lb-1 login: \r', 'lb-1 login:'],
    ['a progress display', ' 10%\r 90%\rdone', 'done'],
    [
      "apk's progress display",
      '\u001b7  0% \u001b8\u001b[0K\u001b7 97% ####\u001b8\u001b[0KOK: 13 MiB in 38 packages',
      'OK: 13 MiB in 38 packages',
    ],
    ['SeaBIOS clearing the screen', '\u001bc\u001b[?7l\u001b[2J\u001b[0mSeaBIOS', 'SeaBIOS'],
    ['a bell', 'oops\u0007', 'oops'],
    ['a terminal title', '\u001b]0;title\u0007text', 'text'],
  ])('%s', (_what, raw, plain) => {
    expect(plainText(raw)).toBe(plain);
  });

  test('leaves no control characters whatever comes', () => {
    const noise = fc.string({
      unit: fc.constantFrom('\u001b', '[', '3', 'm', '\r', 'x', '\u0000', ';'),
    });
    fc.assert(
      fc.property(noise, (raw) => {
        // eslint-disable-next-line no-control-regex -- Control characters are what must not be there.
        expect(plainText(raw)).not.toMatch(/[\u0000-\u0008\u000b-\u001f]/);
      }),
    );
  });
});

describe('ConsoleText', () => {
  test('gives the same lines however the bytes are cut', () => {
    const whole = Buffer.from(' * Mounting boot media: ok.\r\nWelcome – Grüße\r\nlb-1 login: ');
    fc.assert(
      fc.property(fc.array(fc.nat(whole.length), { maxLength: 8 }), (cuts) => {
        const text = new ConsoleText();
        const places = [0, ...cuts.sort((a, b) => a - b), whole.length];
        const lines = places
          .slice(1)
          .flatMap((end, i) => text.write(whole.subarray(places[i], end)));
        expect(lines).toEqual([' * Mounting boot media: ok.', 'Welcome – Grüße']);
        expect(text.unfinished).toBe('lb-1 login:');
      }),
    );
  });
});
