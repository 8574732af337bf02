/** HTML that may be shown as it is. */
export interface Html {
  readonly markup: string;
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/**
 * A template tag: what is put in is text and becomes escaped, for content and for quoted attributes alike, unless it was
 * made by this tag itself.
 */
export function html(literals: TemplateStringsArray, ...parts: (string | number | Html | readonly Html[])[]): Html {
  const markup = parts.map((part) => {
    if (typeof part === 'string' || typeof part === 'number') return escapeText(String(part));
    return 'markup' in part ? part.markup : part.map((piece) => piece.markup).join('');
  });
  return { markup: String.raw({ raw: literals }, ...markup) };
}

function escapeText(text: string): string {
  return text.replace(/[&<>"']/g, (character) => ENTITIES[character] ?? '');
}
