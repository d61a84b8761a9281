// The part of Deno that Doorward uses, made of what Node has: the package for Node imports it as `Deno` into each file
// that says that word. No file in `src` imports it, and no program sees it: what is there is no global.
export * as errors from "./errors.ts";
export { build, cwd, env, networkInterfaces, permissions, uid } from "./machine.ts";
export {
  chmod,
  type FileInfo,
  link,
  lstat,
  mkdir,
  readDir,
  readLink,
  readTextFile,
  realPath,
  remove,
  rename,
  stat,
} from "./paths.ts";
export { FsFile, open, type OpenOptions, SeekMode } from "./file.ts";
export { type Addr, type NetAddr, TcpConn, type UnixAddr, type UnixConn } from "./conn.ts";
export { ChildProcess, Command, kill, type Signal } from "./command.ts";
export { connect } from "./connect.ts";
export { listen, Listener, Listener as TcpListener } from "./listen.ts";
export { DatagramConn, listenDatagram } from "./datagrams.ts";
