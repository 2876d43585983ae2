package recorder

import (
	"errors"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"iocwall/server/reply"
	"iocwall/server/world"
)

// ServeLog answers GET /api/wall/log?wall=&screen=&at= or &from=&to=&limit= with an
// Answer. Times are in RFC 3339. Without a time it is now that is asked for.
func (r *Recorder) ServeLog(w http.ResponseWriter, req *http.Request) {
	q, err := query(req.URL.Query(), world.TimeOf(r.now()))
	if err != nil {
		fail(w, err)
		return
	}
	answer(w, req, func(req *http.Request) (any, error) { return r.Log(req.Context(), q) })
}

// ServeVersions answers GET /api/walls/{wall}/scenes/{scene}/versions with the
// versions of a scene, the newest first.
func (r *Recorder) ServeVersions(w http.ResponseWriter, req *http.Request) {
	answer(w, req, func(req *http.Request) (any, error) {
		return r.Versions(req.Context(), req.PathValue("wall"), req.PathValue("scene"))
	})
}

// Saved is one version of a scene as it was saved.
type Saved struct {
	Scene world.SceneSaved `json:"scene"`
	Time  world.Time       `json:"time"`
}

// ServeVersion answers GET /api/walls/{wall}/scenes/{scene}/versions/{n} with that
// version as Saved.
func (r *Recorder) ServeVersion(w http.ResponseWriter, req *http.Request) {
	answer(w, req, func(req *http.Request) (any, error) {
		n, err := strconv.Atoi(req.PathValue("n"))
		if err != nil {
			return nil, wrong(false, "%.20q is not the number of a version", req.PathValue("n"))
		}
		sc, at, err := r.Scene(req.Context(), req.PathValue("wall"), req.PathValue("scene"), n)
		return Saved{Scene: sc, Time: at}, err
	})
}

// query reads what is asked for.
func query(v url.Values, now world.Time) (Query, error) {
	q := Query{Wall: v.Get("wall"), From: now, To: now}
	for key := range v {
		switch key {
		case "wall", "screen", "at", "from", "to", "limit":
		default:
			return q, wrong(false, "there is no parameter %.40q; there are wall, screen, at, from, to and limit", key)
		}
	}
	if q.Wall == "" {
		return q, wrong(false, "name the wall, as in wall=main")
	}
	for key, into := range map[string]*int{"screen": &q.Screen, "limit": &q.Limit} {
		if v.Get(key) == "" {
			continue
		}
		n, err := strconv.Atoi(v.Get(key))
		if err != nil || n < 1 {
			return q, wrong(false, "%s=%.20q is not a number above zero", key, v.Get(key))
		}
		*into = n
	}
	for key, into := range map[string]*world.Time{"from": &q.From, "to": &q.To} {
		if err := instant(v, key, into); err != nil {
			return q, err
		}
	}
	if v.Get("at") != "" {
		if v.Get("from") != "" || v.Get("to") != "" {
			return q, wrong(false, "give either at, or from and to")
		}
		err := instant(v, "at", &q.From)
		q.To = q.From
		return q, err
	}
	if v.Get("to") != "" && v.Get("from") == "" {
		return q, wrong(false, "to needs from")
	}
	return q, nil
}

// instant reads a time.
func instant(v url.Values, key string, into *world.Time) error {
	text := v.Get(key)
	if text == "" {
		return nil
	}
	// A plus sign that was not escaped comes as a blank.
	t, err := time.Parse(time.RFC3339, strings.Replace(text, " ", "+", 1))
	if err != nil {
		return wrong(false, "%s=%.40q is not a time; write it as in 2026-11-22T09:42:00+07:00", key, text)
	}
	*into = world.TimeOf(t)
	return nil
}

// answer writes what f returns.
func answer(w http.ResponseWriter, req *http.Request, f func(*http.Request) (any, error)) {
	out, err := f(req)
	if err != nil {
		fail(w, err)
		return
	}
	reply.JSON(w, http.StatusOK, out)
}

func fail(w http.ResponseWriter, err error) {
	status := http.StatusServiceUnavailable
	var asked *AskedError
	switch {
	case errors.As(err, &asked) && asked.Missing:
		status = http.StatusNotFound
	case errors.As(err, &asked):
		status = http.StatusBadRequest
	}
	reply.Error(w, status, err)
}
