#!/usr/bin/perl
# Builds each mutant of RaftCore and runs the tests that have to notice it.
#
#   mutate.pl --check ROOT                    every replaced text is there exactly once, and the page of the cases
#                                             names every mutant and only tests that are there
#   mutate.pl --run ROOT BUILD [--only REGEX] [--seeds N]
#                                             BUILD: a configured build folder in which the tests are built
use strict;
use warnings;
use File::Basename qw(dirname);
use File::Temp qw(tempdir);
use JSON::PP qw(decode_json);

my ($mode, $root, $build, %option, @mutants);
while (@ARGV) {
  my $word = shift @ARGV;
  if ($word eq '--check' || $word eq '--run') { $mode = $word }
  elsif ($word =~ /^--(only|seeds)$/) { $option{$1} = shift @ARGV }
  elsif (!defined $root) { $root = $word }
  else { $build = $word }
}
die "usage: mutate.pl --check ROOT | --run ROOT BUILD [--only REGEX] [--seeds N]\n"
  unless defined $root && defined $mode && ($mode eq '--check' || defined $build);
my $library = "$root/libconsensus";

sub slurp {
  my ($file) = @_;
  open(my $in, '<', $file) or die "$file: $!\n";
  local $/;
  return scalar <$in>;
}

sub read_table {
  my ($file) = @_;
  my (@mutants, %seen);
  open(my $in, '<', $file) or die "$file: $!\n";
  while (my $line = <$in>) {
    chomp $line;
    if ($line =~ /^mutant (\S+)$/) {
      die "$file:$.: $1 is there twice\n" if $seen{$1}++;
      push @mutants, {name => $1, old => [], new => []};
    } elsif ($line =~ /^case (MS-\d\d)$/) { $mutants[-1]{case} = $1 }
    elsif ($line =~ /^file (\S+)$/) { $mutants[-1]{file} = $1 }
    elsif (@mutants && $line =~ /^- (.*)$/) { push @{$mutants[-1]{old}}, $1 }
    elsif (@mutants && $line =~ /^\+ (.*)$/) { push @{$mutants[-1]{new}}, $1 }
    elsif ($line !~ /^(#|$)/) { die "$file:$.: what is this? $line\n" }
  }
  return @mutants;
}

# The mutated text of its file, or what is wrong with it.
sub mutated {
  my ($mutant) = @_;
  return (undef, 'incomplete') unless $mutant->{case} && $mutant->{file} && @{$mutant->{old}};
  my $text = slurp("$library/$mutant->{file}");
  my $old = join("\n", @{$mutant->{old}});
  my $count = () = $text =~ /\Q$old\E/g;
  return (undef, "the text to replace is there $count times in $mutant->{file}") unless $count == 1;
  my $new = join("\n", @{$mutant->{new}});
  my $at = index($text, $old);
  substr($text, $at, length $old) = $new;
  return ($text, undef);
}

# How many things the page of the cases has that are not there, or lacks.
sub check_page {
  my ($file) = @_;
  my $strays = 0;
  my %named;
  for my $row (grep { /^\| MS-/ } split /\n/, slurp($file)) {
    my (undef, $case, undef, undef, $tests, $mutants) = split /\s*\|\s*/, $row;
    for my $test ($tests =~ /`([^`]+)`/g) {
      my $source = "$root/tests/consensus/$test.cpp";
      next if -e $source && ($test !~ m{^scenario/} || slurp($source) =~ /\Q$case\E/);
      print "$file: $case: no such test: $test\n";
      ++$strays;
    }
    $named{"$case $_"} = 1 for $mutants =~ /`([^`]+)`/g;
  }
  for my $mutant (@mutants) {
    next if delete $named{"$mutant->{case} $mutant->{name}"};
    print "$file: $mutant->{case}: does not name $mutant->{name}\n";
    ++$strays;
  }
  print "$file: no such mutant: $_\n" for sort keys %named;
  return $strays + keys %named;
}

@mutants = read_table(dirname(__FILE__) . '/mutants.txt');
my %text_of;
my $wrong = 0;
for my $mutant (@mutants) {
  my ($text, $error) = mutated($mutant);
  $text_of{$mutant->{name}} = $text;
  next unless defined $error;
  print "$mutant->{name}: $error\n";
  ++$wrong;
}
print scalar(@mutants), " mutants, $wrong that do not fit the source\n";
if ($mode eq '--check') {
  my $strays = check_page("$root/docs/explanation/raft-cases.md");
  exit($wrong || $strays ? 1 : 0);
}
die "the table has to be brought up to date first\n" if $wrong;

# How the core's sources are compiled, and how the tests are linked.
my %compile;
for my $command (@{decode_json(slurp("$build/compile_commands.json"))}) {
  my $file = $command->{file};
  next unless $file =~ m{^\Q$library\E/src/(core/[^/]+|configuration[^/]*)\.cpp$};
  $compile{$file} = $command;
}

sub link_command {
  my ($target) = @_;
  my @commands = `ninja -C '$build' -t commands '$target' 2>/dev/null`;
  return undef if $? != 0 || !@commands;
  return $commands[-1];
}

my $seeds = $option{seeds} // $ENV{LONG_MUTANT_SEEDS} // 100;
my @killers = (
  ['scenario', 'tests/consensus_scenario_test', ''],
  ['values', 'tests/consensus_values_test', ''],
  ['core', 'tests/consensus_core_test', ''],
  ['conformance', 'bin/raft-conformance', "'$root/tests/conformance/scripts'"],
  ['simulation', 'bin/raft-simulate', "--seeds $seeds --shrink 0 --quiet"],
);
for my $killer (@killers) {
  push @$killer, -x "$build/$killer->[1]" ? link_command($killer->[1]) : undef;
  print "without $killer->[0]: $killer->[1] is not built\n" unless defined $killer->[3];
}
die "nothing to run\n" unless grep { defined $_->[3] } @killers;

$SIG{INT} = $SIG{TERM} = sub { exit 1 };  # so that the folder goes
my $work = tempdir('raft-mutants-XXXXXX', TMPDIR => 1, CLEANUP => 1);
system("cp -r '$library/src' '$library/include' '$work/'") == 0 or die "cannot copy the library\n";

# Object files of the sources that a mutant changes.
sub compile {
  my ($mutant) = @_;
  my @sources = $mutant->{file} =~ /\.cpp$/ ? ("$library/$mutant->{file}") : sort keys %compile;
  my (@objects, @jobs);
  for my $source (@sources) {
    my $entry = $compile{$source} or die "$source is not compiled\n";
    my $command = $entry->{command};
    my $object = "$work/" . ($source =~ s{^.*/([^/]+)\.cpp$}{$1}r) . '.o';
    $command =~ s{\Q$library\E/}{$work/}g;
    $command =~ s{ -o \S+ }{ -w -o $object };
    push @objects, $object;
    push @jobs, $command;
  }
  open(my $out, '>', "$work/jobs") or die "$work/jobs: $!\n";
  print $out map { "$_\n" } @jobs;
  close $out;
  # A mutant of a header compiles many: two at a time.
  if (system("cd '$build' && xargs -d '\\n' -P 2 -I{} sh -c '{}' < '$work/jobs' > '$work/compile.log' 2>&1") != 0) {
    die "$mutant->{name} does not compile\n" . slurp("$work/compile.log");
  }
  return @objects;
}

# Why the program failed, or nothing if it did not.
sub run {
  my ($killer, @objects) = @_;
  my ($name, $target, $arguments, $link) = @$killer;
  my $program = "$work/program";
  my $command = $link;
  my $inserted = join(' ', @objects);
  $command =~ s{ -o \Q$target\E }{ -o $program $inserted } or die "cannot link $target otherwise\n";
  system("cd '$build' && $command > '$work/link.log' 2>&1") == 0 or die "$name: cannot link\n" . slurp("$work/link.log");
  my $status = system("cd '$work' && timeout 120 '$program' $arguments > '$work/run.log' 2>&1");
  return undef if $status == 0;
  my $log = slurp("$work/run.log");
  return 'does not end' if ($status >> 8) == 124;
  my ($invariant) = $log =~ /broken invariant: (.*)/;
  my ($case) = $log =~ /^-{20,}\n(\S.*)\n/m;
  my ($seed) = $log =~ /^(seed \d+: \S+):/m;
  my ($script) = $log =~ /^fail (\S+):/m;
  return $seed // $case // $script // (defined $invariant ? "invariant: $invariant" : "ends with status $status");
}

my ($killed, $survived) = (0, 0);
my @seeds_taken;
my $can_simulate = grep { $_->[0] eq 'simulation' && defined $_->[3] } @killers;
my @chosen = grep { !defined $option{only} || $_->{name} =~ /$option{only}/ || $_->{case} =~ /$option{only}/ } @mutants;
$| = 1;
for my $mutant (@chosen) {
  my $file = "$work/$mutant->{file}";
  my $original = slurp($file);
  open(my $out, '>', $file) or die "$file: $!\n";
  print $out $text_of{$mutant->{name}};
  close $out;
  my @objects = compile($mutant);
  my ($scripted, $simulated);
  for my $killer (grep { defined $_->[3] } @killers) {
    my $is_simulation = $killer->[0] eq 'simulation';
    next if defined $scripted && !$is_simulation;
    my $why = run($killer, @objects);
    next unless defined $why;
    if ($is_simulation) { $simulated = $why } else { $scripted = "$killer->[0]: $why" }
  }
  push @seeds_taken, $1 if defined $simulated && $simulated =~ /^seed (\d+)/;
  my $is_killed = defined $scripted || defined $simulated;
  $simulated //= "none of $seeds seeds" if $can_simulate;
  printf("%-8s %s %s by %s\n", $is_killed ? 'killed' : 'SURVIVED', $mutant->{case}, $mutant->{name},
    join('; simulation: ', grep { defined } $scripted // 'no scripted test', $simulated));
  $is_killed ? ++$killed : ++$survived;
  open($out, '>', $file) or die "$file: $!\n";
  print $out $original;
  close $out;
}
if (@seeds_taken) {
  @seeds_taken = sort { $a <=> $b } @seeds_taken;
  printf("ran simulations of mutants: the simulator alone noticed %d of %d, after %d seeds in the median, %d at most\n", scalar @seeds_taken,
    scalar @chosen, $seeds_taken[$#seeds_taken / 2], $seeds_taken[-1]);
}
print "ran ", scalar @chosen, " mutants: $killed killed, $survived survived\n";
exit($survived ? 1 : 0);
