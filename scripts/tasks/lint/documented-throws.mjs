/** Errors that no caller can do anything about: bugs. */
const BUGS = new Set(['Error', 'TypeError', 'RangeError']);

/**
 * ESLint rule: an exported function, or a public method of an exported class, that throws in its own body says so by
 * `@throws`, with the codes of the errors. What the functions that it calls throw is not seen.
 *
 * @type {import('eslint').Rule.RuleModule}
 */
export const documentedThrows = {
  meta: {
    type: 'suggestion',
    schema: [],
    messages: { missing: '{{name}} throws: say what, by @throws and the codes of its errors.' },
  },
  create(context) {
    const reported = new Set();
    return {
      ThrowStatement(node) {
        const documented = documentedFunction(node);
        if (documented === undefined || isBug(node.argument) || reported.has(documented)) return;
        const comment = context.sourceCode.getCommentsBefore(outermost(documented)).at(-1);
        if (comment?.value.includes('@throws')) return;
        reported.add(documented);
        const name = (documented.id ?? documented.key)?.name ?? 'this function';
        context.report({ node: documented, messageId: 'missing', data: { name } });
      },
    };
  },
};

/** The exported function or public method whose own body, callbacks included, holds the statement. */
function documentedFunction(node) {
  for (let at = node.parent; at !== null; at = at.parent) {
    if (at.type === 'FunctionDeclaration') return isExported(at) ? at : undefined;
    if (at.type === 'FunctionExpression')
      return at.parent.type === 'MethodDefinition' && isPublic(at.parent) ? at.parent : undefined;
  }
  return undefined;
}

function isPublic({ key, accessibility, parent }) {
  return (
    key.type !== 'PrivateIdentifier' &&
    accessibility !== 'private' &&
    parent.parent.type === 'ClassDeclaration' &&
    isExported(parent.parent)
  );
}

function isExported(node) {
  return node.parent.type === 'ExportNamedDeclaration';
}

/** What the comment is in front of. */
function outermost(node) {
  return node.type === 'FunctionDeclaration' ? node.parent : node;
}

/** A rethrown error, and one that says that the code is wrong. */
function isBug(thrown) {
  if (thrown.type === 'Identifier') return true;
  return thrown.type === 'NewExpression' && BUGS.has(thrown.callee.name);
}
