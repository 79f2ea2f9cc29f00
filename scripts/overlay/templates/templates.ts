import { VipisoError } from '../../core/errors.ts';
import type { View } from '../view/view-schema.ts';
import { ENGINE, HELPERS } from './helpers.ts';
import type { RenderData } from './helpers.ts';
import { checkTemplate } from './template-check.ts';

interface Rendered {
  readonly text: string;
  /** A secret is in the text: the file must be readable by its owner alone. */
  readonly secret: boolean;
}

export type Template = (view: View) => Rendered;

/** A fleet renders the same few templates for each of its nodes. */
const compiled = new Map<string, Template>();

/**
 * Compiles one Handlebars template, once per name and text. Values are not escaped for HTML; a path that the view does not have is an
 * error here, before anything is rendered.
 *
 * @param name shown in errors: the file's path
 * @throws VipisoError cluster-invalid for a syntax error or an unknown path or helper
 */
export function compileTemplate(name: string, source: string): Template {
  const key = `${name}\n${source}`;
  const template = compiled.get(key) ?? compile(name, source);
  compiled.set(key, template);
  return template;
}

function compile(name: string, source: string): Template {
  const program = parse(name, source);
  const problems = checkTemplate(program);
  if (problems.length > 0) {
    throw new VipisoError(
      'cluster-invalid',
      `the template ${name} does not fit the values of a node`,
      {
        details: problems.map((problem) => `${name}:${problem}`),
      },
    );
  }
  const execute = ENGINE.compile(program, {
    strict: true,
    noEscape: true,
    knownHelpersOnly: true,
    knownHelpers: Object.fromEntries(Object.keys(HELPERS).map((helper) => [helper, true])),
  });
  return (view) => {
    let secret = false;
    const data: RenderData = { onSecret: () => (secret = true) };
    const text = execute(view, { data });
    return { text, secret };
  };
}

function parse(name: string, source: string): hbs.AST.Program {
  try {
    return ENGINE.parse(source);
  } catch (error) {
    throw new VipisoError('cluster-invalid', `the template ${name} has a syntax error`, {
      cause: error,
      details: error instanceof Error ? error.message.split('\n') : [],
    });
  }
}
