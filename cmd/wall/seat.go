package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"os"
	"path/filepath"

	"iocwall/cmd/wall/door"
	"iocwall/cmd/wall/memo"
	"iocwall/server/atomicfile"
	"iocwall/ui"
	"iocwall/ui/page"
)

// deskDir is the folder in which a desk keeps what its people like.
func deskDir() (string, error) {
	dir, err := homeDir("desk")
	if err == nil {
		err = os.MkdirAll(dir, 0o700)
	}
	return dir, err
}

// who is the person who sat here last, with the token's mark.
type who struct {
	Mark   string      `json:"mark"`
	Person page.Person `json:"person"`
}

// seat lets a person sit down at this computer; keep writes what is to be kept for
// the next time.
func (c *connection) seat(o *ui.Options) (keep func(), err error) {
	d, err := c.door()
	if err != nil {
		return nil, err
	}
	dir, err := deskDir()
	if err != nil {
		return nil, err
	}
	all := memo.Open(dir)
	seat := &o.Seat
	seat.Call, seat.Memory = d.Call, all.Of
	seat.Console.Files = newFiles()
	seat.Console.Play, seat.Console.Silent = newSpeaker(c.mute, c.logger())
	if s := c.session; s != nil {
		c.logins(s, d, seat)
		return all.Flush, nil
	}
	last := filepath.Join(dir, "who.json")
	seat.Known = c.known(last)
	seat.Person = func(ctx context.Context) (page.Person, error) {
		p, err := d.Person(ctx)
		if raw, bad := json.Marshal(who{c.mark(), p}); err == nil && bad == nil {
			_ = atomicfile.Write(last, raw, 0o600) // only the next start would be quicker
		}
		return p, err
	}
	return all.Flush, nil
}

// logins lets people log in and out at this computer.
func (c *connection) logins(s *door.Session, d *door.Door, seat *ui.SeatOptions) {
	seat.Call = s.Guard(d.Call)
	seat.Known, _ = s.Known()
	seat.Person = func(ctx context.Context) (p page.Person, err error) {
		err = seat.Call(ctx, page.Request{Path: "/api/me", Into: &p})
		return p, err
	}
	name, secure := s.Server()
	seat.Login = &ui.LoginOptions{
		Doors: s, Server: name, Secure: secure, Done: s.Sit,
		Last: func() string { _, last := s.Known(); return last },
	}
	seat.Console.Logout = func() {
		go func() {
			if err := s.Logout(context.Background()); err != nil {
				c.logger().Warn("the logout is not complete", "error", err)
			}
		}()
	}
}

// mark tells tokens apart without saying one.
func (c *connection) mark() string {
	t, err := c.token()
	if err != nil {
		return ""
	}
	sum := sha256.Sum256([]byte("mark " + t))
	return hex.EncodeToString(sum[:8])
}

// known is who sat here last with the same token, nil for nobody.
func (c *connection) known(path string) *page.Person {
	var w who
	raw, err := os.ReadFile(path)
	if err != nil || json.Unmarshal(raw, &w) != nil || w.Mark == "" || w.Mark != c.mark() {
		return nil
	}
	return &w.Person
}
