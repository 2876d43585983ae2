package archive

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	"iocwall/geo"
)

// mbtilesPatience bounds every question to a file: it may hold views of its own
// making that never end.
const mbtilesPatience = 10 * time.Second

// mbtiles is an Archive in an MBTiles file, after
// https://github.com/mapbox/mbtiles-spec/blob/master/1.3/spec.md.
type mbtiles struct {
	db       *sql.DB
	info     Info
	patience time.Duration // for one question
}

// OpenMBTiles opens an MBTiles file for reading. The file must not be changed while
// it is open. Nothing is written beside it, unless a log of changes lies there already.
func OpenMBTiles(path string) (Archive, error) {
	a, err := openMBTiles(path, mbtilesPatience)
	if err != nil {
		return nil, fmt.Errorf("archive: open MBTiles %s: %w", path, err)
	}
	return a, nil
}

func openMBTiles(path string, patience time.Duration) (*mbtiles, error) {
	stat, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if !stat.Mode().IsRegular() {
		return nil, errors.New("it is no file")
	}
	dsn, err := mbtilesAddress(path)
	if err != nil {
		return nil, err
	}
	db, err := sql.Open("sqlite", dsn)
	if err != nil {
		return nil, err
	}
	db.SetMaxOpenConns(2)
	m := &mbtiles{db: db, patience: patience}
	if err := m.describe(); err != nil {
		_ = db.Close()
		return nil, err
	}
	return m, nil
}

// mbtilesAddress opens a finished file as one that never changes, so that it may lie
// where nobody can write; one with a log that was not folded in is opened normally.
func mbtilesAddress(path string) (string, error) {
	whole, err := filepath.Abs(path)
	if err != nil {
		return "", err
	}
	mode := "&immutable=1"
	if wal, err := os.Stat(path + "-wal"); err == nil && wal.Size() > 0 {
		mode = ""
	}
	at := url.URL{Scheme: "file", Path: filepath.ToSlash(whole)}
	return at.String() + "?mode=ro" + mode + "&_pragma=query_only(1)&_pragma=trusted_schema(0)&_pragma=cell_size_check(1)", nil
}

func (m *mbtiles) describe() error {
	ctx, cancel := context.WithTimeout(context.Background(), m.patience)
	defer cancel()
	values, err := m.metadata(ctx)
	if err != nil {
		return fmt.Errorf("its table metadata cannot be read; is it an MBTiles file? %w", err)
	}
	var low, high sql.NullInt64
	err = m.ask(ctx, "SELECT (SELECT min(zoom_level) FROM tiles), (SELECT max(zoom_level) FROM tiles)", nil, &low, &high)
	if err != nil {
		return fmt.Errorf("its table tiles cannot be read: %w", err)
	}
	if !low.Valid || !high.Valid {
		return errors.New("it has no tiles")
	}
	if m.info, err = decodeMBTilesMetadata(values, m.sample(ctx)); err != nil {
		return err
	}
	// What is in the file counts, whatever the description says.
	if err := m.info.setZooms(int(low.Int64), int(high.Int64)); err != nil {
		return err
	}
	if text := values["json"]; text != "" {
		m.info.describe([]byte(text)) // the layers of vector tiles
	}
	return nil
}

// sample returns one of the first tiles that is in order, or nil.
func (m *mbtiles) sample(ctx context.Context) []byte {
	for skip := range 8 {
		tile, err := m.blob(ctx, `SELECT length(tile_data), CASE WHEN length(tile_data) <= ? THEN tile_data END FROM tiles
			WHERE length(tile_data) > 0 LIMIT 1 OFFSET ?`, skip)
		if err == nil {
			return tile
		}
	}
	return nil
}

func (m *mbtiles) metadata(ctx context.Context) (map[string]string, error) {
	values := map[string]string{}
	for _, name := range []string{"name", "format", "bounds", "attribution", "json"} {
		var value sql.NullString
		err := m.ask(ctx, "SELECT value FROM metadata WHERE name = ? AND length(value) <= ?", []any{name, maxMetadata}, &value)
		if err != nil && !errors.Is(err, sql.ErrNoRows) {
			return nil, err
		}
		values[name] = value.String
	}
	return values, nil
}

// ask reads one row. No value of it, or of what it is made of, is larger than a few
// tiles: a file may hold views that make values of any size.
func (m *mbtiles) ask(ctx context.Context, question string, args []any, into ...any) error {
	c, err := m.db.Conn(ctx)
	if err != nil {
		return err
	}
	defer func() { _ = c.Close() }()
	if _, err := sqlite.Limit(c, sqlite3.SQLITE_LIMIT_LENGTH, 4*maxTileBytes); err != nil {
		return err
	}
	return c.QueryRowContext(ctx, question, args...).Scan(into...)
}

// decodeMBTilesMetadata understands the rows of the table metadata, with one tile to
// look at if they do not name the format.
func decodeMBTilesMetadata(values map[string]string, tile []byte) (Info, error) {
	info := Info{Name: values["name"], Attribution: plain(values["attribution"])}
	format, ok := parseFormat(values["format"])
	if seen, _, _, err := measure(tile); err == nil {
		format, ok = seen, true
	}
	if !ok {
		return info, fmt.Errorf("its tiles are in the format %q; only pbf, png, jpg and webp can be drawn", values["format"])
	}
	info.Format = format
	var box geo.Bounds
	if text := values["bounds"]; text != "" {
		parts := strings.Split(text, ",")
		numbers := make([]float64, 0, 4)
		for _, p := range parts {
			if n, err := strconv.ParseFloat(strings.TrimSpace(p), 64); err == nil {
				numbers = append(numbers, n)
			}
		}
		if len(parts) == 4 && len(numbers) == 4 {
			box = geo.Bounds{Min: geo.Point{numbers[0], numbers[1]}, Max: geo.Point{numbers[2], numbers[3]}}
		} else {
			info.Notes = append(info.Notes, fmt.Sprintf("bounds %.40q are not four numbers; the whole world is assumed", text))
		}
	}
	info.setBounds(box)
	info.learnSize(tile)
	return info, nil
}

// Tile implements Archive.
func (m *mbtiles) Tile(ctx context.Context, z, x, y int) ([]byte, error) {
	if !OnMap(z, x, y) || z < m.info.MinZoom || z > m.info.MaxZoom {
		return nil, ErrNoTile
	}
	ctx, cancel := context.WithTimeout(ctx, m.patience)
	defer cancel()
	return m.blob(ctx, `SELECT length(tile_data), CASE WHEN length(tile_data) <= ? THEN tile_data END FROM tiles
		WHERE zoom_level = ? AND tile_column = ? AND tile_row = ? LIMIT 1`, z, x, 1<<z-1-y) // rows are counted from the south
}

// blob asks for a length and, if that is no more than a tile may have, the bytes.
func (m *mbtiles) blob(ctx context.Context, question string, args ...any) ([]byte, error) {
	var size sql.NullInt64
	var data []byte
	err := m.ask(ctx, question, append([]any{maxTileBytes}, args...), &size, &data)
	switch {
	case errors.Is(err, sql.ErrNoRows), err == nil && size.Int64 == 0:
		return nil, ErrNoTile
	case err != nil:
		return nil, err
	case size.Int64 > maxTileBytes:
		return nil, fmt.Errorf("%w: it has %d bytes, more than %d", ErrBroken, size.Int64, maxTileBytes)
	}
	return unpackTile(data)
}

// Info implements Archive.
func (m *mbtiles) Info() Info { return m.info }

// Close implements Archive.
func (m *mbtiles) Close() error { return m.db.Close() }
