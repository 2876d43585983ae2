package geo

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
)

// scanner cuts a stream of JSON into the members of its outermost object and the
// elements of a list in it, without holding more than one of them.
type scanner struct {
	r   *bufio.Reader
	at  int64 // bytes read
	buf []byte
	any bool // a member was read
}

func newScanner(r io.Reader) *scanner { return &scanner{r: bufio.NewReaderSize(r, 64<<10)} }

func (s *scanner) byte() (byte, error) {
	c, err := s.r.ReadByte()
	if err != nil {
		if errors.Is(err, io.EOF) {
			err = io.ErrUnexpectedEOF
		}
		return 0, fmt.Errorf("%w at byte %d: %w", ErrCut, s.at, err)
	}
	s.at++
	return c, nil
}

// next returns the next byte that is no white space.
func (s *scanner) next() (byte, error) {
	for {
		c, err := s.byte()
		if err != nil || c != ' ' && c != '\n' && c != '\t' && c != '\r' {
			return c, err
		}
	}
}

func (s *scanner) back() {
	s.at--
	_ = s.r.UnreadByte() // cannot fail after a byte was read
}

// open reads the byte order mark, if there is one, and the opening brace.
func (s *scanner) open() error {
	switch head, _ := s.r.Peek(3); {
	case bytes.HasPrefix(head, []byte("\xef\xbb\xbf")):
		s.at += 3
		_, _ = s.r.Discard(3)
	case bytes.HasPrefix(head, []byte("\xff\xfe")), bytes.HasPrefix(head, []byte("\xfe\xff")):
		return ErrUTF16
	case bytes.HasPrefix(head, []byte("\x1f\x8b")), bytes.HasPrefix(head, []byte("PK")):
		return ErrCompressed
	}
	c, err := s.next()
	if err != nil {
		return fmt.Errorf("read the opening brace: %w", err)
	}
	if c != '{' {
		return fmt.Errorf("%w: it starts with %q, expected an object", ErrNotGeoJSON, c)
	}
	return nil
}

// member returns the name of the next member of the object, false at its end.
func (s *scanner) member() (key string, more bool, err error) {
	c, err := s.next()
	if err != nil {
		return "", false, fmt.Errorf("read a member's name: %w", err)
	}
	if c == '}' {
		return "", false, nil
	}
	if s.any {
		if c != ',' {
			return "", false, fmt.Errorf("%w: %q at byte %d, expected a comma or the closing brace", ErrNotGeoJSON, c, s.at)
		}
		if c, err = s.next(); err != nil {
			return "", false, fmt.Errorf("read a member's name: %w", err)
		}
	}
	s.any = true
	s.back()
	raw, err := s.read(1 << 10)
	switch {
	case errors.Is(err, ErrCut):
		return "", false, err
	case err != nil || c != '"' || json.Unmarshal(raw, &key) != nil:
		return "", false, fmt.Errorf("%w: no member's name at byte %d", ErrNotGeoJSON, s.at)
	}
	switch c, err = s.next(); {
	case err != nil:
		return "", false, fmt.Errorf("after %q: %w", key, err)
	case c != ':':
		return "", false, fmt.Errorf("%w: no colon after %q at byte %d", ErrNotGeoJSON, key, s.at)
	}
	return key, true, nil
}

// value reads what a lone feature or geometry is made of, and passes over
// everything else without keeping it.
func (s *scanner) value(key string) (json.RawMessage, error) {
	switch key {
	case "type", "id", "geometry", "properties", "coordinates", "geometries", "crs":
		raw, err := s.read(MaxFeatureBytes)
		if err == nil && !json.Valid(raw) {
			err = fmt.Errorf("%w: no JSON before byte %d", ErrNotGeoJSON, s.at)
		}
		return bytes.Clone(raw), err
	}
	_, err := s.read(0)
	if errors.Is(err, ErrTooLarge) {
		err = nil
	}
	return nil, err
}

// element reports whether the list has another element and reads the comma
// before it.
func (s *scanner) element(first bool) (bool, error) {
	c, err := s.next()
	switch {
	case err != nil:
		return false, err
	case c == ']':
		return false, nil
	case first:
		s.back()
		return true, nil
	case c != ',':
		return false, fmt.Errorf("%w: %q at byte %d, expected a comma or the end of the list", ErrNotGeoJSON, c, s.at)
	}
	return true, nil
}

// read returns the next value as bytes, which are valid until the next call. It
// looks at brackets and quotes only. Of a value longer than limit nothing is
// kept: it is passed over and gives ErrTooLarge.
func (s *scanner) read(limit int) ([]byte, error) {
	s.buf = s.buf[:0]
	size, nesting, quoted, escaped := 0, 0, false, false
	c, err := s.next()
	for ; err == nil; c, err = s.byte() {
		scalar := nesting == 0 && !quoted
		if scalar && size > 0 && (c == ',' || c == ']' || c == '}' || c == ':' || c == ' ' || c == '\n' || c == '\t' || c == '\r') ||
			scalar && (c == ']' || c == '}' || c == ',') {
			s.back() // the end of a number, or no value at all
			break
		}
		if size++; size <= limit {
			s.buf = append(s.buf, c)
		} else {
			s.buf = nil
		}
		switch {
		case escaped:
			escaped = false
		case quoted && c == '\\':
			escaped = true
		case c == '"':
			quoted = !quoted
		case quoted:
		case c == '{' || c == '[':
			nesting++
		case c == '}' || c == ']':
			nesting--
		}
		if nesting == 0 && !quoted && (c == '"' || c == '}' || c == ']') {
			break
		}
	}
	switch {
	case err != nil:
		return nil, err
	case size > limit:
		return nil, fmt.Errorf("%w: %d bytes, expected at most %d; split it or leave out detail", ErrTooLarge, size, limit)
	}
	return s.buf, nil
}

// atEnd refuses what follows the end of the object.
func (s *scanner) atEnd() error {
	for {
		c, err := s.r.ReadByte()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("%w at byte %d: %w", ErrCut, s.at, err)
		}
		s.at++
		if c != ' ' && c != '\n' && c != '\t' && c != '\r' && c != 0x1e { // RFC 8142 ends texts with it
			return fmt.Errorf("%w at byte %d; is it several files in one?", ErrGoesOn, s.at)
		}
	}
}
