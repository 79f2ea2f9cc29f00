import { z } from 'zod';
import { IMAGE_FORMATS } from '../values/image-formats.ts';
import { Word } from './scalars.ts';

const Device = z.string().regex(/^tty[A-Za-z0-9]{1,10}$/, 'expected a serial device such as ttyS0');

/** What termios(3) and so getty know. */
const SPEEDS: ReadonlySet<number> = new Set([
  300, 600, 1200, 2400, 4800, 9600, 19_200, 38_400, 57_600, 115_200, 230_400, 460_800, 500_000,
  576_000, 921_600, 1_000_000, 1_152_000, 1_500_000, 2_000_000, 2_500_000, 3_000_000, 3_500_000,
  4_000_000,
]);

const ModuleName = z
  .string()
  .regex(/^[A-Za-z0-9][\w-]{0,63}$/, 'a module name is letters, digits, - and _');

export const ImageFile = z.strictObject({
  engine: z
    .enum(['mkimage', 'native'])
    .optional()
    .describe("What makes the ISO: Alpine's own mkimage, or our native engine. Default: mkimage."),
  formats: z
    .array(z.enum(IMAGE_FORMATS))
    .optional()
    .describe(
      'What else each image is written as: raw, qcow2, vmdk, ova, vhdx. The ISO, which they are made from, always is. Default: [iso].',
    ),
  profile: z
    .string()
    .regex(/^[A-Za-z0-9_]+$/, 'a profile name is letters, digits and underscores')
    .optional()
    .describe('Image profile: a name under profiles/. Default: virt.'),
  kernel_arguments: z.array(Word).optional().describe('Further kernel arguments. Default: none.'),
  modules: z
    .union([z.literal('all'), z.array(ModuleName)])
    .optional()
    .describe(
      "Kernel modules on the image beside the profile's (network, packet filter, virtual and usual hardware) and what they need: a list of names, or all. Default: none.",
    ),
  serial_console: z
    .union([
      z.literal(false),
      Device,
      z.strictObject({
        device: Device.optional().describe('Serial device. Default: ttyS0.'),
        baud: z
          .int()
          .min(300)
          .max(4_000_000)
          .refine((baud) => SPEEDS.has(baud), {
            error: 'no serial line has this speed; usual ones are 9600 and 115200',
          })
          .optional()
          .describe('Line speed. Default: 115200.'),
      }),
    ])
    .optional()
    .describe(
      'Serial console for the kernel and a login: a device, {device, baud}, or false for none. Default: ttyS0 at 115200.',
    ),
});
export type ImageFile = z.infer<typeof ImageFile>;
