package door

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
)

// Enrol trades the one-time code of a wall computer for a token.
func (d *Door) Enrol(ctx context.Context, node, code string) (token string, err error) {
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
		return "", refusal(resp)
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
