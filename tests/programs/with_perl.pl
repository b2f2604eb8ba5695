# Writes whole workbooks anew with Spreadsheet::WriteExcel or Excel::Writer::XLSX: a job as JSON
# comes in, its outcome goes out.
#
# Job: {program, files: [{out, sheets: [{name, cells: [{row, column, kind, value, shown_as}]}]}]}

use strict;
use warnings;
use JSON::PP;

local $/;
my $job = decode_json(<STDIN>);
my $maker = $job->{program};
eval "require $maker" or die $@;
my $old = $maker eq 'Spreadsheet::WriteExcel';

for my $file (@{ $job->{files} }) {
    my $book = $maker->new($file->{out}) or die "$file->{out}: $!";
    my %looks;
    for my $sheet (@{ $file->{sheets} }) {
        my $page = $book->add_worksheet($sheet->{name});
        for my $cell (@{ $sheet->{cells} }) {
            my ($row, $column, $kind, $value) = @$cell{qw(row column kind value)};
            my $code = $cell->{shown_as};
            my $look;
            if ($code || $kind eq 'strike') {
                my %about = (num_format => $code || 'General');
                $about{font_strikeout} = 1 if $kind eq 'strike';
                $look = $looks{"$code $kind"} ||= $book->add_format(%about);
            }
            if ($kind eq 'note') {
                $page->write_comment($row, $column, $value);
            } elsif ($kind eq 'formula') {
                $page->write_formula($row, $column, "=$value", $look, $cell->{result});
            } elsif ($kind eq 'boolean') {
                $page->write_boolean($row, $column, $value, $look);
            } elsif ($kind eq 'number') {
                $page->write_number($row, $column, $value, $look);
            } elsif ($kind eq 'rich') {
                my ($bold, $rest) = split / /, $value, 2;
                my $heavy = $looks{bold} ||= $book->add_format(bold => 1);
                $page->write_rich_string($row, $column, $heavy, $bold, " $rest");
            } else {
                $page->write_string($row, $column, $value, $look);
            }
        }
    }
    $book->close() or die "$file->{out}: $!";
}
my $version = $maker->VERSION;
print encode_json({ version => "$version" });
