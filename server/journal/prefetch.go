package journal

import (
	"os"
	"unsafe"

	bolt "go.etcd.io/bbolt"
	"golang.org/x/sys/unix"
)

// bbolt tells the kernel that it reads at random, so that a cold file comes in
// page by page. A log is read from front to back: say so, some megabytes ahead.
const (
	aheadWindow = 16 << 20 // bytes asked for ahead of a reader
	aheadTail   = 32 << 20 // bytes asked for at the end of the newest file
)

// prefetcher asks the kernel for the pages a reader will come to. It is an
// advice: nothing depends on it.
type prefetcher struct {
	seg  *segment
	file *os.File
	upto int64 // asked for up to here
}

// reached tells that the reader stands at value v of a file of seg.
func (p *prefetcher) reached(seg *segment, tx *bolt.Tx, v []byte) {
	if len(v) == 0 {
		return
	}
	if p.seg != seg {
		p.close()
		f, err := os.Open(seg.path)
		if err != nil {
			return
		}
		*p = prefetcher{seg: seg, file: f}
	}
	// Values lie in the mapping of the file, so their address tells their place.
	at := int64(uintptr(unsafe.Pointer(&v[0])) - tx.DB().Info().Data)
	if at+aheadWindow/2 > p.upto || at+2*aheadWindow < p.upto {
		_ = unix.Fadvise(int(p.file.Fd()), at, aheadWindow, unix.FADV_WILLNEED)
		p.upto = at + aheadWindow
	}
}

func (p *prefetcher) close() {
	if p.file != nil {
		p.file.Close()
		p.file = nil
	}
}

// prefetchTail asks for the end of a file.
func prefetchTail(path string) {
	f, err := os.Open(path)
	if err != nil {
		return
	}
	defer f.Close()
	if info, err := f.Stat(); err == nil {
		from := max(0, info.Size()-aheadTail)
		_ = unix.Fadvise(int(f.Fd()), from, info.Size()-from, unix.FADV_WILLNEED)
	}
}
