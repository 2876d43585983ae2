//go:build !unix

package archive

import "os"

// lockFile opens a file that says the folder is in use. Systems that know no locks
// of this kind do not stop a second process.
func lockFile(path string) (*os.File, error) { return os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600) }

// allocated returns how many bytes of the disk a file takes, about.
func allocated(info os.FileInfo) int64 { return blocks(info.Size()) }
