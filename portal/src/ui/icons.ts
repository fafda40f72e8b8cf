import { html, svg, type SVGTemplateResult, type TemplateResult } from "lit";

// Drawn for Parley on a grid of 24, strokes only; the colour is the text's.
const shapes = {
  chat: svg`<path d="M4 5h16v11h-9l-5 4v-4H4z"/>`,
  phone: svg`<path d="M6 3.5h3l1.6 4.2-2 1.6a12 12 0 0 0 6.1 6.1l1.6-2 4.2 1.6v3c0 1-.8 1.9-1.9 1.8C10.9 19.3 4.7 13.1 4.2 5.4 4.1 4.3 5 3.5 6 3.5z"/>`,
  hangUp: svg`<path d="M3 14.5v-2.3C8 8 16 8 21 12.2v2.3l-4.6 1-.8-3a13 13 0 0 0-7.2 0l-.8 3z"/>`,
  video: svg`<rect x="3" y="6.5" width="12" height="11" rx="2"/><path d="m15 11 6-3.5v9L15 13"/>`,
  videoOff: svg`<path d="M6.5 6.5H13a2 2 0 0 1 2 2V11l6-3.5v9M15 15.5a2 2 0 0 1-2 2H5a2 2 0 0 1-2-2v-7M4 3.5l16 17"/>`,
  mic: svg`<rect x="9" y="3" width="6" height="11" rx="3"/><path d="M5.5 11.5a6.5 6.5 0 0 0 13 0M12 18v3"/>`,
  micOff: svg`<path d="M9 7V6a3 3 0 0 1 6 0v5M9 10.5V11a3 3 0 0 0 4.5 2.6M5.5 11.5A6.5 6.5 0 0 0 16 16.6M18.5 11.5v.5M12 18v3M4 3.5l16 17"/>`,
  send: svg`<path d="M4 12 3.5 4.5 21 12 3.5 19.5z M4 12h8"/>`,
  more: svg`<path d="M5 12h.01M12 12h.01M19 12h.01" stroke-width="3"/>`,
  close: svg`<path d="m6 6 12 12M18 6 6 18"/>`,
  minimise: svg`<path d="M5 18h14"/>`,
  back: svg`<path d="m14 5-7 7 7 7"/>`,
  down: svg`<path d="M12 5v14m-6-6 6 6 6-6"/>`,
  open: svg`<path d="m6 9 6 6 6-6"/>`,
  warning: svg`<path d="M12 4 2.5 20h19zM12 10v4.5M12 17.3v.01"/>`,
  info: svg`<circle cx="12" cy="12" r="8.5"/><path d="M12 11v5M12 7.8v.01"/>`,
  done: svg`<circle cx="12" cy="12" r="8.5"/><path d="m8 12.2 2.8 2.8L16 9.5"/>`,
  tick: svg`<path d="m5 12.5 4.5 4.5L19 7.5"/>`,
  waiting: svg`<circle cx="12" cy="12" r="8.5"/><path d="M12 7v5l3 2"/>`,
  device: svg`<rect x="3" y="4.5" width="18" height="12" rx="1.5"/><path d="M9 20h6M12 16.5V20"/>`,
  screen: svg`<rect x="3" y="4" width="18" height="12.5" rx="1.5"/><path d="M7 8.2h10M7 12h6M9 20h6"/>`,
  people: svg`<circle cx="9" cy="8.5" r="3.5"/><path d="M2.5 19.5c.4-3.7 2.9-5.5 6.5-5.5s6.1 1.8 6.5 5.5M15.5 5.3a3.5 3.5 0 0 1 0 6.4M18 14.6c2 .7 3.2 2.3 3.5 4.9"/>`,
  unplugged: svg`<path d="M3 3.5 20 20.5M8.5 6.7A13 13 0 0 1 22 9.5M2 9.5a14 14 0 0 1 3-2M5.5 13a9 9 0 0 1 4-2.2M14 10.9A9 9 0 0 1 18.5 13M9 16.5a4.3 4.3 0 0 1 5.5-.2"/>`,
  path: svg`<path d="M4 8h14m-4-4 4 4-4 4M20 16H6m4-4-4 4 4 4"/>`,
  ticks: svg`<path d="m2 12.8 4 4L14.5 8M10.5 15.6l1.3 1.2L20.5 8"/>`,
  read: svg`<path d="M2.5 12C5 7.8 8.2 5.8 12 5.8s7 2 9.5 6.2c-2.5 4.2-5.7 6.2-9.5 6.2S5 16.2 2.5 12z"/><circle cx="12" cy="12" r="2.8"/>`,
  save: svg`<path d="M12 4v11m-5-5 5 5 5-5M4.5 19.5h15"/>`,
  copy: svg`<rect x="8.5" y="8.5" width="11" height="11" rx="1.5"/><path d="M15.5 8.5V6A1.5 1.5 0 0 0 14 4.5H6A1.5 1.5 0 0 0 4.5 6v8A1.5 1.5 0 0 0 6 15.5h2.5"/>`,
  bell: svg`<path d="M6 16.5V11a6 6 0 0 1 12 0v5.5l1.5 1.5h-15zM10 20.5h4"/>`,
  smile: svg`<circle cx="12" cy="12" r="8.5"/><path d="M8.5 14c1.6 2.3 5.4 2.3 7 0M9.3 9.5v.01M14.7 9.5v.01"/>`,
  reply: svg`<path d="M5 5h14M5 10h14M5 15h8M5 20h5"/>`,
  popOut: svg`<path d="M13 4.5h6.5V11M19.5 4.5 11 13M10 6H6a1.5 1.5 0 0 0-1.5 1.5V18A1.5 1.5 0 0 0 6 19.5h10.5A1.5 1.5 0 0 0 18 18v-4"/>`,
  leave: svg`<path d="M14 4.5H6A1.5 1.5 0 0 0 4.5 6v12A1.5 1.5 0 0 0 6 19.5h8M10 12h10m-4-4 4 4-4 4"/>`,
  image: svg`<rect x="3.5" y="5" width="17" height="14" rx="1.5"/><path d="m4 17 5-5 4 4 3-3 4.5 4.5M15.5 9.5v.01"/>`,
  add: svg`<path d="M12 5v14M5 12h14"/>`,
  ticket: svg`<path d="M3.5 6.5h17v3.8a1.8 1.8 0 0 0 0 3.5v3.7h-17v-3.7a1.8 1.8 0 0 0 0-3.5zM9 6.5v11" />`,
  lock: svg`<rect x="5" y="10.5" width="14" height="9.5" rx="1.5"/><path d="M8 10.5V8a4 4 0 0 1 8 0v2.5"/>`,
} satisfies Record<string, SVGTemplateResult>;

/** A picture that icon() can draw. */
export type IconName = keyof typeof shapes;

/** Draws an icon. It says nothing to a screen reader: words stand beside it or name the button. */
export function icon(name: IconName): TemplateResult {
  return html`<svg viewBox="0 0 24 24" aria-hidden="true" focusable="false">${shapes[name]}</svg>`;
}
