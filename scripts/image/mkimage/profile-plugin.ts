import type { ImageModel } from '../../cluster/model.ts';
import type { Host } from '../../host/host.ts';
import { grubConfig, grubEarlyConfig, syslinuxConfig } from '../boot-config.ts';
import { kernelArguments } from '../kernel-arguments.ts';
import type { Profile } from '../profile.ts';
import type { ReleaseId } from '../release-id.ts';
import { IF_THERE } from './builder/wrappers.ts';
import { hookFile } from './hook.ts';
import type { MkimageInputs } from './inputs.ts';
import { renderTemplate } from './templates.ts';

/** The plugin's file name: mkimage sources every `mkimg.*.sh`. */
export const PLUGIN_FILE = 'mkimg.vipiso.sh';

/** A node as mkimage knows it. */
export interface MkimageNode {
  readonly hostname: string;
  /** Name of its mkimage profile: letters, digits and underscores. */
  readonly profile: string;
  /** File name of its image. */
  readonly output: string;
}

export function mkimageNodes(hostnames: readonly string[]): readonly MkimageNode[] {
  const taken = new Set<string>();
  return hostnames.map((hostname) => {
    const name = hostname.replace(/[^A-Za-z0-9]/g, '_');
    let profile = name;
    for (let count = 2; taken.has(profile); count += 1) profile = `${name}_${count}`;
    taken.add(profile);
    return { hostname, profile, output: `${hostname}.iso` };
  });
}

/** `vipiso-virt`: mkimage puts tag and date behind it. */
function imageName({ profileName }: Pick<MkimageInputs, 'profileName'>): string {
  return `vipiso-${profileName}`;
}

/** For the wrapper of grub-mkimage, which sees what the release of GRUB has. */
function grubWords({ bootloader }: Profile): string {
  const further = bootloader.grub_modules_if_there.map((name) => `${IF_THERE}${name}`);
  return [...bootloader.grub_modules, ...further].join(' ');
}

/** The text of `mkimg.vipiso.sh`: the profile of every node, from the image profile that all engines build from. */
export async function renderPlugin(
  host: Pick<Host, 'packageRoot'>,
  inputs: MkimageInputs,
  about: {
    readonly image: ImageModel;
    readonly release: ReleaseId;
    readonly nodes: readonly MkimageNode[];
  },
): Promise<string> {
  const { profile, flavour } = inputs;
  const { release, image } = about;
  return await renderTemplate(host, PLUGIN_FILE, {
    profileName: inputs.profileName,
    description: profile.description,
    imageName: imageName(inputs),
    arch: inputs.arch,
    flavour,
    features: profile.initramfs.features.join(' '),
    grubModules: grubWords(profile),
    apks: inputs.imagePackages.map(({ locked }) => locked.name).join(' '),
    isoOptions: `-volid ${release.volumeId} --set_all_file_dates =${inputs.epoch}`,
    grubEarly: grubEarlyConfig(release),
    nodes: about.nodes.map((node) => {
      const entry = {
        flavour,
        release,
        profile,
        serialConsole: image.serialConsole,
        arguments: kernelArguments(image, profile, { flavour, release, hostname: node.hostname }),
      };
      return {
        ...node,
        hook: hookFile(node.hostname),
        syslinux: syslinuxConfig(entry),
        grub: grubConfig(entry),
      };
    }),
  });
}
