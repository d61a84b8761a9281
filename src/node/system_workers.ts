/** Node has threads, and no socket that several of them accept on without another process of the user's doing so, too. */
export const systemWorkers = null;
