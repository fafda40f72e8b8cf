/** An event that brings something. */
export type Brings<Detail> = CustomEvent<Detail>;

/**
 * Events is an EventTarget that knows the names of its events and what each of
 * them brings in `detail`.
 */
export class Events<Map extends object> extends EventTarget {
  override addEventListener<Name extends keyof Map & string>(
    name: Name,
    listener: (event: Brings<Map[Name]>) => void,
    options?: AddEventListenerOptions,
  ): void {
    super.addEventListener(name, listener as EventListener, options);
  }

  override removeEventListener<Name extends keyof Map & string>(
    name: Name,
    listener: (event: Brings<Map[Name]>) => void,
  ): void {
    super.removeEventListener(name, listener as EventListener);
  }

  /** Tells every listener of name. Only the owner of the target calls it. */
  emit<Name extends keyof Map & string>(name: Name, detail: Map[Name]): void {
    this.dispatchEvent(new CustomEvent(name, { detail }));
  }
}
