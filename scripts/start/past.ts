/** The last of what happened, for whoever looks on from now on: so much, and no more. */

export interface Past<T> {
  add(item: T): void;
  /** Oldest first. */
  readonly items: readonly T[];
}

export function createPast<T>(most: number): Past<T> {
  let items: T[] = [];
  return {
    add(item) {
      items.push(item);
      // Not one at a time: a long list is moved each time.
      if (items.length >= most * 1.25) items = items.slice(-most);
    },
    get items() {
      return items.slice(-most);
    },
  };
}
