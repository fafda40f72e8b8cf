/** An EventTarget that knows its events by name, and what each brings in `detail`. */
export interface Events<Map extends object> {
  addEventListener<Name extends keyof Map & string>(
    name: Name,
    listener: (event: CustomEvent<Map[Name]>) => void,
    options?: AddEventListenerOptions,
  ): void;

  removeEventListener<Name extends keyof Map & string>(
    name: Name,
    listener: (event: CustomEvent<Map[Name]>) => void,
  ): void;

  /** Tells every listener. Only the owner of the target calls it. */
  emit<Name extends keyof Map & string>(name: Name, detail: Map[Name]): void;
}

class Emitter extends EventTarget {
  emit(name: string, detail: unknown): void {
    this.dispatchEvent(new CustomEvent(name, { detail }));
  }
}

/** The class to extend. A cast, since a subclass may not take a narrower listener than EventTarget. */
export const Events = Emitter as unknown as new <Map extends object>() => Events<Map>;
