/** Appends an element. */
export function element(parent, tag, { text, className, style } = {}) {
  const child = parent.appendChild(document.createElement(tag));
  if (text !== undefined) child.textContent = text;
  if (className) child.className = className;
  Object.assign(child.style, style ?? {});
  return child;
}
