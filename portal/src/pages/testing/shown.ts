import { vi } from "vitest";

/** A notification as the browser would show it. */
export class Shown {
  static permission: NotificationPermission = "granted";
  /** What was shown so far. */
  static all: Shown[] = [];
  onclick: (() => void) | undefined;
  closed = false;

  constructor(
    readonly title: string,
    readonly options: NotificationOptions,
  ) {
    Shown.all.push(this);
  }

  /** Takes the place of the browser's notifications, with nothing shown yet. */
  static become(permission: NotificationPermission): void {
    Shown.permission = permission;
    Shown.all = [];
    vi.stubGlobal("Notification", Shown);
  }

  close(): void {
    this.closed = true;
  }
}
