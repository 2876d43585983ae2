package server

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"iocwall/geo"
	"iocwall/server/auth"
	"iocwall/server/calendar"
	"iocwall/server/core"
	"iocwall/server/format/georeport"
	"iocwall/server/journal"
	"iocwall/server/vault"
	"iocwall/server/world"
)

const (
	// maxForm bounds a citizen's report: its longest text of 4,000 characters
	// has 36 kB in a form, all else a few kB.
	maxForm = 64 << 10
	// codeTries is how often a code is drawn: among the 20 million of a day even
	// ten thousand reports leave one in 2,000 draws without luck.
	codeTries = 8
)

// mountReports opens the doors of Open311 GeoReport v2 under /georeport/v2. The
// specification's api_key is a token like any other; it is taken from the form
// of a POST or from the Authorization header, never from a URL.
func (s *Server) mountReports(mux *http.ServeMux) {
	mux.HandleFunc("GET /georeport/v2/{resource}", s.door(auth.OpenReport, s.getReports))
	mux.HandleFunc("GET /georeport/v2/{resource}/{id}", s.door(auth.OpenReport, s.getReport))
	mux.HandleFunc("POST /georeport/v2/{resource}", s.postReport)
}

// split cuts "requests.json" into what is asked for and how it is to be written.
func split(name string) (resource string, f georeport.Format, ok bool) {
	i := strings.LastIndexByte(name, '.')
	if i < 0 {
		return name, georeport.XML, false
	}
	f, ok = georeport.FormatOf(name[i+1:])
	return name[:i], f, ok
}

func (s *Server) georeportError(w http.ResponseWriter, f georeport.Format, status int, errs ...georeport.Error) {
	body, err := georeport.EncodeErrors(f, errs)
	s.georeport(w, f, status, body, err)
}

func (s *Server) georeport(w http.ResponseWriter, f georeport.Format, status int, body []byte, err error) {
	if err != nil {
		s.logger.Error("a GeoReport answer could not be written", "error", err)
		http.Error(w, "internal error", http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", f.ContentType())
	w.WriteHeader(status)
	_, _ = w.Write(body) // the client may have gone
}

func (s *Server) services() []georeport.Service {
	var out []georeport.Service
	for _, x := range s.conf().Services {
		out = append(out, georeport.Service{Code: x.Code, Name: x.Name, Description: x.Description, Group: x.Group, Type: georeport.Realtime})
	}
	return out
}

func (s *Server) getReports(w http.ResponseWriter, r *http.Request, id auth.Identity) {
	resource, f, ok := split(r.PathValue("resource"))
	switch {
	case !ok:
		s.georeportError(w, georeport.XML, http.StatusNotFound, georeport.Error{Code: "404", Description: "end the path with .xml or .json"})
	case resource == "services":
		body, err := georeport.EncodeServices(f, s.services())
		s.georeport(w, f, http.StatusOK, body, err)
	case resource == "requests":
		// A program that sends reports follows each by its code; it does not see
		// what others sent.
		if err := id.Demand(auth.ReadState); err != nil {
			s.turnAway(r, id, err)
			s.georeportError(w, f, http.StatusForbidden, georeport.Error{Code: "403", Description: err.Error()})
			return
		}
		q, errs := georeport.ParseQuery(r.URL.Query(), time.Now())
		if len(errs) > 0 {
			s.georeportError(w, f, http.StatusBadRequest, errs...)
			return
		}
		list, err := s.reports(r, id, q)
		if err != nil {
			s.georeportError(w, f, http.StatusServiceUnavailable, georeport.Error{Code: "503", Description: err.Error()})
			return
		}
		body, err := georeport.EncodeRequests(f, list)
		s.georeport(w, f, http.StatusOK, body, err)
	default:
		s.georeportError(w, f, http.StatusNotFound, georeport.Error{Code: "404", Description: "there is no " + resource + " here"})
	}
}

// getReport answers for one request or one service's definition.
func (s *Server) getReport(w http.ResponseWriter, r *http.Request, id auth.Identity) {
	name, f, ok := split(r.PathValue("id"))
	if !ok {
		s.georeportError(w, georeport.XML, http.StatusNotFound, georeport.Error{Code: "404", Description: "end the path with .xml or .json"})
		return
	}
	switch r.PathValue("resource") {
	case "requests":
		list, err := s.reports(r, id, georeport.Query{IDs: []string{name}})
		if err == nil && len(list) == 1 {
			body, err := georeport.EncodeRequests(f, list)
			s.georeport(w, f, http.StatusOK, body, err)
			return
		}
	case "services":
		if _, err := s.conf().Service(name); err == nil {
			body, err := georeport.EncodeDefinition(f, georeport.Definition{Code: name})
			s.georeport(w, f, http.StatusOK, body, err)
			return
		}
	}
	s.georeportError(w, f, http.StatusNotFound, georeport.Error{Code: "404", Description: "there is nothing with the id " + name})
}

// reports returns what the query asks for, newest first. A report's words and
// its sender stay in the vault.
func (s *Server) reports(r *http.Request, id auth.Identity, q georeport.Query) ([]georeport.Request, error) {
	names := map[string]string{}
	for _, x := range s.conf().Services {
		names[x.Code] = x.Name
	}
	var out []georeport.Request
	err := s.loop.Call(r.Context(), func(st *world.State) {
		for rep := range st.Reports() {
			if id.Sees(st, rep.Area) && asked(q, rep) {
				out = append(out, toGeoReport(rep, names, st))
			}
		}
	})
	slices.SortFunc(out, func(a, b georeport.Request) int {
		if d := b.Requested.Compare(a.Requested.Time); d != 0 {
			return d
		}
		return strings.Compare(a.ID, b.ID)
	})
	return out[:min(len(out), georeport.MaxRequests)], err
}

func status(r world.Report) georeport.Status {
	if r.State.Closed() {
		return georeport.Closed
	}
	return georeport.Open
}

// asked reports whether the query covers the report. Named ids override the rest.
func asked(q georeport.Query, r world.Report) bool {
	if len(q.IDs) > 0 {
		return slices.Contains(q.IDs, r.ID)
	}
	at := r.Opened.Std()
	return (q.Start.IsZero() || !at.Before(q.Start)) && (q.End.IsZero() || at.Before(q.End)) &&
		(len(q.Services) == 0 || slices.Contains(q.Services, r.Service)) &&
		(len(q.Statuses) == 0 || slices.Contains(q.Statuses, status(r)))
}

func toGeoReport(r world.Report, names map[string]string, st *world.State) georeport.Request {
	local := func(t world.Time) georeport.Time {
		if t == 0 {
			return georeport.Time{}
		}
		return georeport.Time{Time: t.Std().In(calendar.Vietnam())}
	}
	out := georeport.Request{
		ID: r.ID, Status: status(r), StatusNotes: string(r.State), ServiceCode: r.Service, ServiceName: names[r.Service],
		Requested: local(r.Opened), Updated: local(r.Changed), Expected: local(r.Due),
	}
	if a, ok := st.Agency(r.Agency); ok {
		out.Agency = a.Name
	}
	if r.Placed {
		lat, long := georeport.Degrees(r.Pos[1]), georeport.Degrees(r.Pos[0])
		out.Lat, out.Long = &lat, &long
	}
	return out
}

// postReport takes in a citizen's report: the person and the words into the
// vault, the rest into the history. The answer is sent when both are on disk.
func (s *Server) postReport(w http.ResponseWriter, r *http.Request) {
	resource, f, ok := split(r.PathValue("resource"))
	if !ok || resource != "requests" {
		s.georeportError(w, f, http.StatusNotFound, georeport.Error{Code: "404", Description: "send reports to requests.xml or requests.json"})
		return
	}
	id, status, err := s.reporter(w, r)
	if err != nil {
		if status == http.StatusForbidden {
			s.turnAway(r, id, err)
		}
		s.georeportError(w, f, status, georeport.Error{Code: strconv.Itoa(status), Description: err.Error()})
		return
	}
	sub, errs := georeport.ParseRequest(r.PostForm, s.services(), nil)
	if len(errs) > 0 {
		s.georeportError(w, f, http.StatusBadRequest, errs...)
		return
	}
	code, err := s.report(r, id, sub)
	if err != nil {
		s.logger.Error("a citizen's report was not taken", "error", err)
		s.georeportError(w, f, http.StatusServiceUnavailable, georeport.Error{Code: "503", Description: "the report could not be stored; send it again in a minute"})
		return
	}
	body, err := georeport.EncodeCreated(f, georeport.Created{ID: code, Notice: "Mã theo dõi: " + code})
	s.georeport(w, f, http.StatusCreated, body, err)
}

// reporter reads the form and identifies who sends it, by header or by the
// form's api_key. Who shows a bad token in the header is not listened to.
func (s *Server) reporter(w http.ResponseWriter, r *http.Request) (id auth.Identity, status int, err error) {
	id, err = s.identify(r)
	inForm := errors.Is(err, auth.ErrNoToken)
	if err == nil {
		err = id.Demand(auth.OpenReport)
	}
	if err != nil && !inForm {
		return id, http.StatusForbidden, err
	}
	r.Body = http.MaxBytesReader(w, r.Body, maxForm)
	var long *http.MaxBytesError
	switch err := r.ParseForm(); {
	case errors.As(err, &long):
		return id, http.StatusRequestEntityTooLarge, fmt.Errorf("the form has more than %d bytes", long.Limit)
	case err != nil:
		return id, http.StatusBadRequest, errors.New("the form cannot be read")
	}
	if inForm {
		if id, err = s.verify(r.PostForm.Get("api_key")); errors.Is(err, auth.ErrNoToken) {
			err = errors.New("send a token as api_key in the form, or in the header \"Authorization: Bearer …\"")
		}
		if err == nil {
			err = id.Demand(auth.OpenReport)
		}
	}
	return id, http.StatusForbidden, err
}

// filed is a report as it went into the history.
type filed struct {
	code, subject string
	// open says that the history had not answered yet.
	open bool
}

// report takes the report in, or finds it taken in already: a program that
// hears no answer in time sends the same form again.
func (s *Server) report(r *http.Request, id auth.Identity, sub georeport.Submission) (code string, err error) {
	form := maps.Clone(r.PostForm)
	form.Del("api_key")
	sum := sha256.Sum256([]byte(form.Encode()))
	got, err := s.reported.Do(r.Context(), id.Token+string(sum[:]), func() (filed, error) {
		// That the sender went away meanwhile does not stop it.
		ctx, cancel := context.WithTimeout(context.WithoutCancel(r.Context()), storeLimit)
		defer cancel()
		return s.openReport(ctx, id, sub)
	})
	if err != nil || !got.open {
		return got.code, err
	}
	there := false
	err = s.loop.Call(r.Context(), func(st *world.State) {
		rep, ok := st.Report(got.code)
		there = ok && rep.Subject == got.subject
	})
	if err == nil && !there {
		err = errors.New("the history has not answered yet")
	}
	return got.code, err
}

func (s *Server) openReport(ctx context.Context, id auth.Identity, sub georeport.Submission) (filed, error) {
	service, err := s.conf().Service(sub.ServiceCode)
	if err != nil {
		return filed{}, err
	}
	now := time.Now()
	b := world.ReportOpened{Service: service.Code, Channel: "georeport", Placed: sub.Placed}
	if sub.Placed {
		b.Pos = geo.Point{sub.Long, sub.Lat}
	}
	if service.Answer > 0 {
		b.Due = world.TimeOf(s.hours.AddWorking(now, service.Answer))
	}
	if b.Subject, err = s.vault.Put(vault.Person{
		Name: strings.TrimSpace(sub.FirstName + " " + sub.LastName), Phone: sub.Phone, Email: sub.Email, Device: sub.DeviceID, Account: sub.AccountID,
		Text: sub.Description, Address: sub.AddressString, Media: sub.MediaURL,
	}); err != nil {
		return filed{}, err
	}
	code, err := s.file(ctx, "georeport/"+id.Token, b, func() (string, error) { return reportCode(now) })
	switch {
	case errors.Is(err, errUnsure):
		s.logger.Error("it is not known whether a report is in the history; what the vault holds of it was kept", "code", code, "subject", b.Subject, "error", err)
		return filed{code, b.Subject, true}, nil
	case err != nil:
		return filed{}, errors.Join(err, s.vault.Erase(b.Subject))
	}
	return filed{code, b.Subject, false}, nil
}

var (
	// errUnsure says that something may or may not become part of the history.
	errUnsure    = errors.New("the history did not answer")
	errCodeTaken = errors.New("the code is taken")
	errTooLate   = errors.New("nobody waits for it any more")
)

// file writes the report into the history under a code that no other report
// has. It is certain that nothing was and will be written with any error but
// errUnsure.
func (s *Server) file(ctx context.Context, from string, b world.ReportOpened, draw func() (string, error)) (code string, err error) {
	for range codeTries {
		if b.ID, err = draw(); err != nil {
			return "", err
		}
		obs := []world.Observation{{Body: b}}
		s.ground.Fill(obs, world.TimeOf(time.Now()))
		var begun atomic.Bool // by the loop, or given up before it came to that
		mine := false
		_, err = s.loop.Ask(ctx, core.Request{
			Source: from,
			Decide: func(_ world.Time, st *world.State) ([]world.Observation, error) {
				if _, there := st.Report(b.ID); there {
					return nil, errCodeTaken
				}
				if !begun.CompareAndSwap(false, true) {
					return nil, errTooLate
				}
				return obs, nil
			},
			// Another report may be on its way with the same code: the first in
			// the history has it.
			After: func(st *world.State) {
				rep, ok := st.Report(b.ID)
				mine = ok && rep.Subject == b.Subject
			},
		})
		var unfit *journal.EncodeError
		switch {
		case err == nil && mine:
			return b.ID, nil
		case err == nil || errors.Is(err, errCodeTaken):
			continue
		case errors.As(err, &unfit) || begun.CompareAndSwap(false, true):
			return "", err
		}
		return b.ID, fmt.Errorf("%w: %w", errUnsure, err)
	}
	return "", fmt.Errorf("no free code in %d tries", codeTries)
}

// reportCode is what a citizen follows a report by: the day and five characters
// that cannot be mistaken for each other when read aloud.
func reportCode(now time.Time) (string, error) {
	const letters = "23456789ABCDEFGHKMNPQRSTVWXYZ"
	var raw [5]byte
	if _, err := rand.Read(raw[:]); err != nil {
		return "", fmt.Errorf("server: random numbers: %w", err)
	}
	for i, b := range raw {
		raw[i] = letters[int(b)%len(letters)]
	}
	return now.In(calendar.Vietnam()).Format("060102") + "-" + string(raw[:]), nil
}
