//go:build unix

package secretfile

import (
	"io/fs"
	"os"
	"syscall"
)

func currentUser() uint32 { return uint32(os.Geteuid()) }

func fileOf(path string, info fs.FileInfo) file {
	f := file{path: path, mode: info.Mode(), owner: currentUser()}
	if said, ok := info.Sys().(*syscall.Stat_t); ok {
		f.owner, f.group = said.Uid, said.Gid
	}
	return f
}
