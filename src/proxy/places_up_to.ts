/** Places of which there are so many. Who finds none is told at once. */
export interface PlacesUpTo {
  /** Takes one; false where all are taken. */
  readonly take: () => boolean;
  /** Gives one back that was taken. */
  readonly give: () => void;
}

/** So many places, for this isolate alone. */
export function placesUpTo(max: number): PlacesUpTo {
  let taken = 0;
  return {
    take: () => {
      if (taken >= max) return false;
      taken += 1;
      return true;
    },
    give: () => {
      taken -= 1;
    },
  };
}
