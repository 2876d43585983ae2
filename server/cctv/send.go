package cctv

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net/http"
	"time"
)

// errClient says that the client went away or took nothing for too long.
var errClient = errors.New("the client is gone")

// sender sends a file as it comes. The header goes out with the first bytes, so
// that an error before them can still be told; each piece has its own deadline.
type sender struct {
	w       http.ResponseWriter
	control *http.ResponseController
	begin   func() error // before the first bytes, which an error holds back; nil for nothing
	begun   bool
}

func (s *sender) Write(p []byte) (int, error) {
	if !s.begun {
		if s.begin != nil {
			if err := s.begin(); err != nil {
				return 0, err
			}
		}
		s.begun = true
		// The time a request has to be read in would otherwise end its context
		// in the middle of a long answer. What does not support deadlines has none.
		_ = s.control.SetReadDeadline(time.Time{})
		s.w.Header().Set("Content-Type", "video/mp4")
		s.w.Header().Set("Cache-Control", "no-store")
		s.w.WriteHeader(http.StatusOK)
	}
	_ = s.control.SetWriteDeadline(time.Now().Add(sendLimit))
	n, err := s.w.Write(p)
	if err != nil {
		return n, fmt.Errorf("%w: %w", errClient, err)
	}
	return n, nil
}

// send sends a file whose sum is known. The last piece is held back until the
// whole was checked: a client never has all of what is not what was saved.
func send(out *sender, file io.Reader, size int64, want string) error {
	sum, held, buf := sha256.New(), []byte(nil), make([]byte, 64<<10)
	var sent int64
	for {
		n, err := file.Read(buf)
		sum.Write(buf[:n]) //nolint:errcheck // never fails
		if n > 0 {
			if len(held) > 0 {
				if _, err := out.Write(held); err != nil {
					return err
				}
			}
			held = append(held[:0], buf[:n]...)
			sent += int64(n)
		}
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return fmt.Errorf("read: %w", err)
		}
	}
	if got := hex.EncodeToString(sum.Sum(nil)); got != want || sent != size {
		return fmt.Errorf("the file has %d bytes and the sum %s instead of %d and %s", sent, got, size, want)
	}
	if len(held) > 0 {
		_, err := out.Write(held)
		return err
	}
	return nil
}
