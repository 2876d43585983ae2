package nodes

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"net/http"
	"strconv"
	"time"

	"iocwall/server/auth"
	"iocwall/server/core"
	"iocwall/server/reply"
	"iocwall/server/world"
)

const (
	// maxForm bounds what is sent to be let in, in bytes.
	maxForm = 4 << 10
	// storeLimit is how long a request waits for the history.
	storeLimit = 20 * time.Second
	// actEnrol is what letting a computer in is called in the audit.
	actEnrol = "node.enrol"
)

var errBusy = errors.New("the server cannot store it now; try again in a minute")

// PostCode answers POST /api/nodes/codes: it makes the code with which a computer
// of that name is let in once. The code is shown this one time.
func (n *Nodes) PostCode(w http.ResponseWriter, r *http.Request, id auth.Identity) {
	var in struct {
		Node string `json:"node"`
	}
	if err := readForm(w, r, &in); err != nil {
		reply.Error(w, http.StatusBadRequest, err)
		return
	}
	if !n.o.ValidName(in.Node) {
		reply.Error(w, http.StatusUnprocessableEntity, fmt.Errorf("%.70q is no name of a computer; use letters, digits, dots, dashes and underscores, at most 64", in.Node))
		return
	}
	code, expires, err := n.codes.make(in.Node, id.Name, time.Now())
	if err != nil {
		reply.Error(w, http.StatusServiceUnavailable, err)
		return
	}
	n.o.Audit(r.Context(), id, world.Audited{Who: id.Token, Act: "node.code", Object: in.Node, OK: true})
	reply.JSON(w, http.StatusOK, map[string]any{"node": in.Node, "code": code, "expires": expires.UTC().Truncate(time.Second)})
}

// PostEnrol answers POST /api/nodes/enrol: a computer shows its code and gets its
// token, this one time. It needs no token; the tries of an address are limited.
func (n *Nodes) PostEnrol(w http.ResponseWriter, r *http.Request) {
	now, from := time.Now(), n.o.Address(r)
	if wait := n.tries.wait(from, now); wait > 0 {
		w.Header().Set("Retry-After", strconv.Itoa(int(math.Ceil(wait.Seconds()))))
		n.turnAway(w, r, http.StatusTooManyRequests, errors.New("too many wrong codes came from this address; wait ten minutes"))
		return
	}
	var in struct {
		Node string `json:"node"`
		Code string `json:"code"`
	}
	if err := readForm(w, r, &in); err != nil {
		n.tries.refused(from)
		n.turnAway(w, r, http.StatusBadRequest, err)
		return
	}
	held, err := n.codes.claim(in.Node, in.Code, now)
	if err != nil {
		n.tries.refused(from)
		n.turnAway(w, r, http.StatusForbidden, err)
		return
	}
	// Who goes away meanwhile has used the code all the same.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(r.Context()), storeLimit)
	defer cancel()
	raw, err := n.enrol(ctx, in.Node, held.by, from)
	n.codes.release(in.Node, held, err == nil)
	if err != nil {
		n.log.Error("a computer of the wall was not let in", "node", in.Node, "error", err)
		reply.Error(w, http.StatusServiceUnavailable, errBusy)
		return
	}
	n.log.Info("a computer of the wall was let in", "node", in.Node, "remote", from, "by", held.by)
	reply.JSON(w, http.StatusOK, map[string]string{"node": in.Node, "token": raw})
}

func (n *Nodes) turnAway(w http.ResponseWriter, r *http.Request, status int, err error) {
	n.o.Refused(r, err)
	reply.Error(w, status, err)
}

// enrol makes the computer's token and the event, and then ends the tokens the
// computer had before: one computer, one token.
func (n *Nodes) enrol(ctx context.Context, node, by, remote string) (string, error) {
	raw, made, err := n.o.Tokens.Add(auth.Spec{Name: node, Role: auth.Node})
	if err != nil {
		return "", err
	}
	_, err = n.o.History.Ask(ctx, core.Request{Source: Source, Obs: []world.Observation{
		{Body: world.NodeEnrolled{Node: node, By: by}},
		{Body: world.Audited{Who: made.ID, Act: actEnrol, Object: node + " from " + remote, OK: true}},
	}})
	if err != nil {
		return "", errors.Join(err, n.o.Tokens.Revoke(made.ID))
	}
	for _, t := range n.o.Tokens.List() {
		if t.Role != auth.Node || t.Name != node || t.ID == made.ID || !t.Revoked.IsZero() {
			continue
		}
		if err := n.o.Tokens.Revoke(t.ID); err != nil {
			n.log.Error("an older token of a computer still opens doors; end it with \"wallsrv token revoke\"", "node", node, "token", t.ID, "error", err)
		}
	}
	return raw, nil
}

// readForm reads one small JSON object. What was sent is not repeated in the error:
// it may hold a code.
func readForm(w http.ResponseWriter, r *http.Request, into any) error {
	d := json.NewDecoder(http.MaxBytesReader(w, r.Body, maxForm))
	if err := d.Decode(into); err != nil {
		return errors.New("expected a JSON object with node and, to be let in, code")
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return errors.New("there is something after the end of the JSON object")
	}
	return nil
}
