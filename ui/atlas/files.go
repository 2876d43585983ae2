package atlas

import (
	"context"
	"io"
	"strconv"
)

// files are the ways of fences in and out of files.
type files struct {
	a        *Atlas
	rejected []string // of the file that was read last
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
				f.rejected = got.Rejected
				a.page = pageFences
				a.say(l.T("atlas.import.done", "n", strconv.Itoa(got.Kept), "bad", strconv.Itoa(len(got.Rejected))))
			}
		})
	})
}

func (f *files) fault(err error) {
	if err != nil {
		f.a.say(f.a.h.Lang.T("atlas.files.failed", "reason", err.Error()))
	}
}
