package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"
)

// enrolLimit is how long letting a computer in may take.
const enrolLimit = 30 * time.Second

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
	token, err := c.enrol(ctx, h.node, code)
	if err != nil {
		return fmt.Errorf("enrol %s at %s: %w", h.node, c.Server, err)
	}
	if err := h.keepIdentity(identity{Node: h.node, Server: c.Server, Code: used}, token); err != nil {
		return fmt.Errorf("%w; the code is used up, make a new one when the folder can be written", err)
	}
	c.logger().Info("this computer was let in, later starts need no code", "node", h.node, "state", h.dir)
	return nil
}

// enrol trades a code for a token.
func (c *connection) enrol(ctx context.Context, node, code string) (token string, err error) {
	ctx, cancel := context.WithTimeout(ctx, enrolLimit)
	defer cancel()
	d, err := c.door()
	if err != nil {
		return "", err
	}
	defer d.client.CloseIdleConnections()
	body, err := json.Marshal(map[string]string{"node": node, "code": strings.TrimSpace(code)})
	if err != nil {
		return "", err
	}
	u := *d.base
	u.Path, u.RawQuery = "/api/nodes/enrol", ""
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, u.String(), bytes.NewReader(body))
	if err != nil {
		return "", err
	}
	req.Header.Set("Content-Type", "application/json")
	resp, err := d.client.Do(req)
	if err != nil {
		return "", fmt.Errorf("the server cannot be reached, the code stays good: %w", err)
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return "", refused(resp)
	}
	var said struct{ Node, Token string }
	if err := json.NewDecoder(io.LimitReader(resp.Body, 4096)).Decode(&said); err != nil || said.Token == "" {
		return "", errors.New("the server's answer holds no token; look whether the address is that of the server")
	}
	if said.Node != "" && said.Node != node {
		return "", fmt.Errorf("the code lets %q in, not %q; start with --name %s", said.Node, node, said.Node)
	}
	return said.Token, nil
}
