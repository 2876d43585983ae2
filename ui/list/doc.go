// Package list is the one list of the console: columns that sort, a filter that
// knows no accents, chips, CSV, and rows that do not move under the pointer. It
// paints the rows that are seen into one picture and knows nothing of what they
// are about; 100,000 rows cost what twenty do.
package list
