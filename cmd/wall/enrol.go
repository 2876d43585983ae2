package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"
	"time"
)

// enrolLimit is how long letting a computer in may take, and againLimit when it has a
// token already: the wall is not to stay dark for a code.
const enrolLimit, againLimit = 30 * time.Second, 5 * time.Second

// admit makes sure that there is a token for the node: the one of --token-file, the
// one it was given before, or one for its code.
func (c *connection) admit(ctx context.Context, h *home, code string) error {
	if c.TokenFile != "" {
		return nil
	}
	c.TokenFile = h.path("token")
	sum := sha256.Sum256([]byte(strings.ToUpper(strings.TrimSpace(code))))
	used := hex.EncodeToString(sum[:])
	id, err := h.identity()
	if err != nil {
		return err
	}
	if h.enrolled() && (code == "" || id.Code == used) {
		return nil
	}
	if code == "" {
		return fmt.Errorf("this computer has no token yet: let it in once with --code ABCD-EFGH-JK, which \"wallsrv wall enrol %s\" makes, or name the file of a token with --token-file", h.node)
	}
	limit := enrolLimit
	if h.enrolled() {
		limit = againLimit
	}
	token, err := c.enrol(ctx, h.node, code, limit)
	switch {
	case err != nil && h.enrolled() && ctx.Err() == nil:
		// A code that was left in a file, or a server that is away, must not keep a
		// computer dark that was let in before.
		c.logger().Error("the new code was not used, the token from before is", "node", h.node, "server", c.Server, "error", err)
		return nil
	case err != nil:
		return fmt.Errorf("enrol %s at %s: %w; \"wallsrv wall enrol %s\" makes a code", h.node, c.Server, err, h.node)
	}
	if err := h.keepIdentity(identity{Node: h.node, Server: c.Server, Code: used}, token); err != nil {
		return fmt.Errorf("%w; the code is used up, make a new one with \"wallsrv wall enrol %s\" when the folder can be written", err, h.node)
	}
	c.logger().Info("this computer was let in, later starts need no code", "node", h.node, "state", h.dir)
	return nil
}

// enrol trades a code for a token.
func (c *connection) enrol(ctx context.Context, node, code string, limit time.Duration) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	d, err := c.door()
	if err != nil {
		return "", err
	}
	defer d.Close()
	return d.Enrol(ctx, node, code)
}
