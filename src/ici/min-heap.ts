/** Numbers with a key, least key first; equal keys leave in the order of their numbers, so runs repeat. */
export class MinHeap {
  #keys = new Float64Array(64);
  #items = new Int32Array(64);
  #size = 0;

  get size(): number {
    return this.#size;
  }

  /** Key of the item that `pop` returns next; infinite when there is none. */
  get leastKey(): number {
    return this.#size === 0 ? Number.POSITIVE_INFINITY : this.#keys[0];
  }

  clear(): void {
    this.#size = 0;
  }

  push(key: number, item: number): void {
    if (this.#size === this.#keys.length) this.#grow();
    let place = this.#size++;
    const keys = this.#keys;
    const items = this.#items;
    while (place > 0) {
      const parent = (place - 1) >> 1;
      if (keys[parent] < key || (keys[parent] === key && items[parent] <= item)) break;
      keys[place] = keys[parent];
      items[place] = items[parent];
      place = parent;
    }
    keys[place] = key;
    items[place] = item;
  }

  /** Takes the item with the least key; -1 when there is none. */
  pop(): number {
    if (this.#size === 0) return -1;
    const keys = this.#keys;
    const items = this.#items;
    const top = items[0];
    const size = --this.#size;
    const key = keys[size];
    const item = items[size];
    let place = 0;
    for (;;) {
      let child = 2 * place + 1;
      if (child >= size) break;
      const right = child + 1;
      if (
        right < size &&
        (keys[right] < keys[child] || (keys[right] === keys[child] && items[right] < items[child]))
      ) {
        child = right;
      }
      if (key < keys[child] || (key === keys[child] && item <= items[child])) break;
      keys[place] = keys[child];
      items[place] = items[child];
      place = child;
    }
    keys[place] = key;
    items[place] = item;
    return top;
  }

  #grow(): void {
    const keys = new Float64Array(2 * this.#keys.length);
    const items = new Int32Array(2 * this.#items.length);
    keys.set(this.#keys);
    items.set(this.#items);
    this.#keys = keys;
    this.#items = items;
  }
}
