/** Raised whenever the same scenario may give another result. Recordings name the version they came from. */
export const ENGINE_VERSION = '0.1.3';
