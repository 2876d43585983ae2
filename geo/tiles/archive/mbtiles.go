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

	_ "modernc.org/sqlite" // reads MBTiles

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
// it is open, and nothing is written beside it.
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
	first, err := m.blob(ctx, "SELECT length(tile_data), CASE WHEN length(tile_data) <= ? THEN tile_data END FROM tiles LIMIT 1")
	if errors.Is(err, ErrNoTile) {
		return errors.New("it has no tiles")
	}
	if err != nil {
		return fmt.Errorf("its table tiles cannot be read: %w", err)
	}
	var low, high int
	err = m.db.QueryRowContext(ctx, "SELECT (SELECT min(zoom_level) FROM tiles), (SELECT max(zoom_level) FROM tiles)").Scan(&low, &high)
	if err != nil {
		return fmt.Errorf("the zooms of its tiles cannot be read: %w", err)
	}
	if m.info, err = decodeMBTilesMetadata(values, first); err != nil {
		return err
	}
	// What is in the file counts, whatever the description says.
	if err := m.info.setZooms(low, high); err != nil {
		return err
	}
	if text := values["json"]; text != "" {
		m.info.describe([]byte(text)) // the layers of vector tiles
	}
	return nil
}

func (m *mbtiles) metadata(ctx context.Context) (map[string]string, error) {
	rows, err := m.db.QueryContext(ctx, "SELECT name, value FROM metadata WHERE length(value) <= ? LIMIT 1000", maxMetadata)
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }()
	values := map[string]string{}
	for rows.Next() {
		var name, value sql.NullString
		if err := rows.Scan(&name, &value); err != nil {
			return nil, err
		}
		values[name.String] = value.String
	}
	return values, rows.Err()
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
	err := m.db.QueryRowContext(ctx, question, append([]any{maxTileBytes}, args...)...).Scan(&size, &data)
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
