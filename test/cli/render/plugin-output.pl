# Reads lines of monitoring plugins with Monitoring::Plugin::Performance and ::Threshold, as monitors written in Perl do:
# a JSON list of lines in, a JSON list of what was read out.

use strict;
use warnings;
use JSON::PP;
use Monitoring::Plugin::Functions qw(%STATUS_TEXT);
use Monitoring::Plugin::Performance;

local $/;
my $json = JSON::PP->new->utf8->canonical;
print $json->encode([map { read_line($_) } @{ $json->decode(<STDIN>) }]);

sub read_line {
    my ($line) = @_;
    my ($text, $data) = split /\|/, $line, 2;
    return { text => $text, performance => [map { measured($_) } Monitoring::Plugin::Performance->parse_perfstring($data // '')] };
}

sub measured {
    my ($one) = @_;
    return {
        (map { defined $one->$_ ? ($_ => $one->$_) : () } qw(label uom warning critical min max)),
        value => $one->value + 0,
        state => $STATUS_TEXT{ $one->threshold->get_status($one->value) },
    };
}
