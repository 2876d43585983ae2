package cctv

import (
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

	"iocwall/media/relay"
	"iocwall/server/atomicfile"
	"iocwall/server/auth"
	"iocwall/server/world"
)

// GrantLife is how long a wall may open new pictures after it last heard of the
// server. Pictures that are open go on until the wall's token is bad.
const GrantLife = 10 * time.Minute

// NodeGrantLife is how long a computer of the wall may: it keeps its grant on disk,
// so that after a power cut it shows live cameras while the server is still away. A
// token that is withdrawn ends it, as all grants.
const NodeGrantLife = 7 * 24 * time.Hour

// Key reads the key that signs the relay's tokens, or makes it. A relay that
// runs as its own unit shares the file; when both make it at the same moment, the
// first one stands for both.
func Key(path string) ([]byte, error) {
	text, err := os.ReadFile(path)
	if errors.Is(err, os.ErrNotExist) {
		if err := makeKey(path); err != nil {
			return nil, fmt.Errorf("cctv: relay key: %w", err)
		}
		text, err = os.ReadFile(path)
	}
	if err != nil {
		return nil, fmt.Errorf("cctv: relay key: %w", err)
	}
	key, err := hex.DecodeString(strings.TrimSpace(string(text)))
	if err != nil || len(key) < relay.MinKey {
		return nil, fmt.Errorf("cctv: %s is damaged; remove it and restart, nodes fetch new tokens by themselves", path)
	}
	return key, nil
}

// makeKey writes a key to the file unless there is one by then.
func makeKey(path string) error {
	raw := make([]byte, relay.MinKey+8)
	if _, err := rand.Read(raw); err != nil {
		return err
	}
	mine := path + "." + hex.EncodeToString(raw[relay.MinKey:])
	defer os.Remove(mine)
	if err := atomicfile.Write(mine, []byte(hex.EncodeToString(raw[:relay.MinKey])+"\n"), 0o600); err != nil {
		return err
	}
	if err := os.Link(mine, path); err != nil && !errors.Is(err, os.ErrExist) {
		return err
	}
	return nil
}

// Grant lets a wall fetch the pictures it may see, nil for none. Areas stand for
// their cameras, so the token does not grow with them.
func (c *Cameras) Grant(id auth.Identity) *world.RelayGrant {
	life := GrantLife
	if id.Role == auth.Node {
		life = NodeGrantLife
	}
	until := time.Now().Add(life)
	// Asked after the time was taken: a token that turns bad later is told to the
	// relay later, which then refuses what was granted until now.
	if !id.May(auth.WatchCameras) || !c.o.Good(id.Key()) {
		return nil
	}
	g := relay.Grant{Subject: id.Key(), Expires: until}
	switch {
	case len(id.Areas) > 0:
		g.Groups = id.Areas
	case id.Role == auth.Unit:
		return nil
	default:
		g.Cameras = []string{"*"}
	}
	token, err := c.o.Signer.Sign(g)
	if err != nil {
		c.log.Error("a wall gets no pictures", "token", id.Token, "name", id.Name, "error", err)
		return nil
	}
	return &world.RelayGrant{URL: c.o.Address(c.relay.Addr()), Token: token, Expires: world.TimeOf(until)}
}
