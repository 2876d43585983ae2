package atlas

import (
	"context"
	"io"
	"strconv"

	"iocwall/ui/atlas/sheet"
	"iocwall/ui/why"
)

// files are the ways of fences in and out of files.
type files struct {
	a    *Atlas
	last Imported // the file that was read last
}

// export writes all fences to a file that a person chooses.
func (f *files) export() {
	a, l, doors := f.a, f.a.h.Lang, &f.a.h.Files
	if doors.Export == nil || doors.Write == nil {
		a.say(l.T("atlas.files.none"))
		return
	}
	doors.Write("fences.geojson", func(file io.WriteCloser, err error) {
		if err != nil || file == nil {
			f.fault(err)
			return
		}
		a.say(l.T("atlas.export.running"))
		a.start(func(ctx context.Context) func() {
			err := doors.Export(ctx, file)
			if closed := file.Close(); err == nil {
				err = closed
			}
			return func() {
				if err != nil {
					f.fault(err)
					return
				}
				a.say(l.T("atlas.export.done"))
			}
		})
	})
}

// read hands a file that a person chooses over, and lists what was not kept.
func (f *files) read() {
	a, l, doors := f.a, f.a.h.Lang, &f.a.h.Files
	if doors.Import == nil || doors.Read == nil {
		a.say(l.T("atlas.files.none"))
		return
	}
	doors.Read(func(file io.ReadCloser, err error) {
		if err != nil || file == nil {
			f.fault(err)
			return
		}
		a.say(l.T("atlas.import.running"))
		a.start(func(ctx context.Context) func() {
			defer file.Close()
			got, err := doors.Import(ctx, file)
			return func() {
				if err != nil {
					f.fault(err)
					return
				}
				f.last = got
				a.page = pageFences
				a.face.top()
				a.say(l.T("atlas.import.done", "n", strconv.Itoa(got.Kept-got.Unchanged), "same", strconv.Itoa(got.Unchanged), "bad", strconv.Itoa(got.Refused)))
			}
		})
	})
}

// rows say what was not kept of the file that was read last.
func (f *files) rows() []sheet.Row {
	l := f.a.h.Lang
	var out []sheet.Row
	for _, r := range f.last.Rejected {
		out = append(out, sheet.Row{Kind: sheet.RowFault, Text: l.T("atlas.import.rejected", "at", "features["+strconv.Itoa(r.Index)+"]", "why", why.Words(l, r.Code, r.Values, r.Why))})
	}
	if more := f.last.Refused - len(f.last.Rejected); more > 0 {
		out = append(out, sheet.Row{Kind: sheet.RowNote, Text: l.T("atlas.more", "n", l.Int(int64(more)))})
	}
	return out
}

func (f *files) fault(err error) {
	if err != nil {
		l := f.a.h.Lang
		f.a.say(l.T("atlas.files.failed", "reason", why.Told(l, err).Error()))
	}
}
