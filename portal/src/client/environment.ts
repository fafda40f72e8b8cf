/**
 * Environment is what the client needs of the world around it. Browsers and
 * workers have all of it; tests bring their own.
 */
export interface Environment {
  /** Opens a WebSocket. */
  dial(url: string, protocols: string[]): WebSocket;
  /** Tells `online` and `offline`. */
  network: EventTarget;
  /** Whether there may be a network. */
  online(): boolean;
  /** A number from 0 to 1, as Math.random. */
  random(): number;
}

/** Returns the environment of the page or worker that runs this. */
export function browser(): Environment {
  return {
    dial: (url, protocols) => new WebSocket(url, protocols),
    network: globalThis instanceof EventTarget ? globalThis : new EventTarget(),
    // False can be trusted more than true; the link tries now and then all the same.
    online: () => navigator.onLine,
    random: () => Math.random(),
  };
}
