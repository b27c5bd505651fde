#!/usr/bin/perl
# Checks the rules of this project that no compiler knows; needs only Debian's perl-base.
#   house_rules.pl DIRECTORY        prints FILE:LINE: [rule] text for each violation; exit status 1 when there is one
#   house_rules.pl --self-test DIR  checks that every line marked "// expect: rule" in DIR is caught, and nothing else
#
# The coroutine rules exist because g++ 12 silently miscompiles what they forbid (destroys objects twice, takes the
# wrong branch). Bind what co_await needs to names first, and its result to a name before branching on it.
use strict;
use warnings;

my $max_lines = 600;
my @violations;
my $file;

sub report {
  my ($line, $rule, $text) = @_;
  push @violations, {file => $file, line => $line, rule => $rule, text => $text};
}

sub line_at { my ($code, $position) = @_; return 1 + (substr($code, 0, $position) =~ tr/\n//); }

# Replaces comments by blanks and the contents of literals by "_", keeping every position.
sub blank {
  my ($text) = @_;
  my $blanks = sub { my ($s) = @_; $s =~ s/[^\n]/ /g; return $s; };
  my $filled = sub { my ($s) = @_; $s =~ s/[^\n]/_/g; return $s; };
  my $result = '';
  pos($text) = 0;
  while (pos($text) < length $text) {
    if ($text =~ m{\G(//(?:\\\n|[^\n])*|/\*.*?\*/)}gcs) { $result .= $blanks->($1); }
    elsif ($text =~ m{\GR"([^()\\\s]{0,16})\((.*?)\)\1"}gcs) {
      $result .= '"_' . $filled->("$1($2)$1") . '"';
    }
    elsif ($text =~ m{\G"((?:\\.|[^"\\\n])*)"}gcs) { $result .= '"' . $filled->($1) . '"'; }
    # A quote after a digit separates digits: 1'000.
    elsif ($text =~ m{\G(?<![0-9A-Za-z_])'((?:\\.|[^'\\\n])+)'}gcs) { $result .= "'" . $filled->($1) . "'"; }
    elsif ($text =~ m{\G([^/"'R]+|.)}gcs) { $result .= $1; }
  }
  return $result;
}

# The position after the bracket that closes the one at $open.
sub closing {
  my ($code, $open) = @_;
  my $depth = 0;
  for (my $i = $open; $i < length $code; ++$i) {
    my $c = substr($code, $i, 1);
    if ($c =~ /[(\[{]/) { ++$depth; }
    elsif ($c =~ /[)\]}]/) { return $i + 1 if --$depth == 0; }
  }
  return length $code;
}

# The operand of the co_await that ends at $start: up to what cannot belong to it.
sub operand {
  my ($code, $start) = @_;
  my $i = $start;
  while ($i < length $code) {
    my $c = substr($code, $i, 1);
    if ($c =~ /[(\[{]/) { $i = closing($code, $i); next; }
    last if $c =~ /[;,)\]}?]/;
    ++$i;
  }
  return substr($code, $start, $i - $start);
}

# Whether the position lies in an initialiser's braces: "Type{…", "= {…", "f({…".
sub in_initialiser {
  my ($code, $position) = @_;
  my $depth = 0;
  for (my $i = $position - 1; $i >= 0; --$i) {
    my $c = substr($code, $i, 1);
    if ($c =~ /[)\]}]/) { ++$depth; next; }
    if ($c =~ /[(\[]/) { --$depth if $depth > 0; next; }
    return 0 if $depth == 0 && $c eq ';';
    next unless $c eq '{';
    if ($depth > 0) { --$depth; next; }
    my $before = substr($code, 0, $i);
    $before =~ s/\s+$//;
    return 0 if $before =~ /\b(else|do|try|const|noexcept|mutable|override)$/;
    return $before =~ /[A-Za-z0-9_=(,]$/ ? 1 : 0;
  }
  return 0;
}

sub check_conditions {
  my ($code) = @_;
  while ($code =~ /\b(if|switch|while|for)\b(\s*constexpr)?\s*\(/g) {
    my ($keyword, $open) = ($1, pos($code) - 1);
    my $condition = substr($code, $open, closing($code, $open) - $open);
    next unless $condition =~ /\bco_await\b/;
    report(line_at($code, $open), 'co_await-condition', "co_await inside the condition of '$keyword'; bind it to a name");
  }
}

my $owning_temporaries = qr/
  \b(?:std::)?(?:string|vector|map|set|function|optional|shared_ptr|unique_ptr)\s*(?:<[^()]*>)?\s*\(
  | \b(?:std::)?(?:to_string|make_unique|make_shared|format)\s*(?:<[^()]*>)?\s*\(
  | "_*"\s*\+ | \+\s*"_*"
  | "_*"\s*s\b/x;

sub check_awaits {
  my ($code) = @_;
  while ($code =~ /\bco_await\b/g) {
    my $start = pos $code;
    my $line = line_at($code, $start);
    my $operand = operand($code, $start);
    if ($operand =~ /(?:^|[(,=\s])\[[^\]]*\]\s*(?:\(|\{|mutable)/) {
      report($line, 'co_await-lambda', 'a lambda inside the operand of co_await; name it first');
    } elsif ($operand =~ /\{/) {
      report($line, 'co_await-braces', 'braces inside the operand of co_await; name the value first');
    }
    report($line, 'co_await-temporary', 'a temporary with a destructor inside the operand of co_await; name it first')
      if $operand =~ $owning_temporaries;
    report($line, 'co_await-initialiser', 'co_await inside an initialiser list; bind its result to a name')
      if in_initialiser($code, $start - length 'co_await');
    my $rest = substr($code, $start, 2000);
    $rest =~ s/[;{}].*//s;
    1 while $rest =~ s/\([^()]*\)//;
    report($line, 'co_await-choice', 'the result of co_await decides a ?:, && or ||; bind it to a name')
      if $rest =~ /^[^(),]*(?:\?|\|\||&&)/;
  }
}

sub check_text {
  my ($text, $code) = @_;
  my $lines = ($text =~ tr/\n//);
  report($max_lines, 'file-length', "$lines lines; at most $max_lines") if $lines > $max_lines;
  report(1, 'first-line', 'the first line says in one sentence what the file is for: // …')
    unless $text =~ m{^// \S.*\S};
  report(2, 'pragma-once', 'a header without #pragma once') if $file =~ /\.hpp(\.txt)?$/ && $text !~ /^#pragma once$/m;
  if ($file !~ m{tests/support/wait_until\.hpp$}) {
    # A program may pause until a time before it tries again; a test may not.
    my $sleep = $file =~ m{(^|/)tests/} ? qr/sleep_for|sleep_until|usleep|nanosleep|sleep/ : qr/sleep_for|usleep|nanosleep|sleep/;
    # A coroutine's runtime.sleep_until(…) blocks nothing, and may be virtual time.
    while ($code =~ /(?<!\.)(?<!awaitable<void> )\b($sleep)\s*\(/g) {
      report(line_at($code, $-[0]), 'sleep', "$1; wait for a condition with support::wait_until, or for an event");
    }
  }
  while ($code =~ /\b(?:class|struct|namespace)\s+(\w*(?:Utils?|Helpers?|Manager|Misc|Common|Base)|utils?|helpers?|misc)\b/g) {
    report(line_at($code, $-[0]), 'empty-name', "$1 says nothing; name what it does");
  }
}

sub check_name {
  my ($name) = @_;
  $name =~ s/\..*//;
  my ($empty) = grep { /^(utils?|common|helpers?|misc|managers?|base)$/i } split /[_-]/, $name;
  report(1, 'empty-name', "a file named '$empty' says nothing; name what it does") if defined $empty;
}

sub check_file {
  ($file) = @_;
  open my $handle, '<', $file or die "$file: $!\n";
  local $/;
  my $text = <$handle>;
  close $handle;
  my $code = blank($text);
  check_name($file =~ m{([^/]+)$});
  check_text($text, $code);
  check_conditions($code);
  check_awaits($code);
  return $text;
}

sub find_sources {
  my ($directory, $pattern) = @_;
  opendir my $handle, $directory or die "$directory: $!\n";
  my @entries = sort grep { !/^\./ } readdir $handle;
  closedir $handle;
  my @found;
  for my $entry (@entries) {
    my $path = "$directory/$entry";
    if (-l $path) { next; }
    elsif (-d $path) { push @found, find_sources($path, $pattern) unless $entry =~ /^build/; }
    elsif ($entry =~ $pattern) { push @found, $path; }
  }
  return @found;
}

sub self_test {
  my ($directory) = @_;
  my (%expected, %seen);
  for my $sample (find_sources($directory, qr/\.(cpp|hpp)\.txt$/)) {
    my $line = 0;
    for my $text (split /\n/, check_file($sample)) {
      ++$line;
      $expected{"$sample:$line: $1"} = 1 while $text =~ /expect: ([a-z_-]+)/g;
    }
  }
  $seen{"$_->{file}:$_->{line}: $_->{rule}"} = 1 for @violations;
  my @missed = grep { !$seen{$_} } sort keys %expected;
  my @wrong = grep { !$expected{$_} } sort keys %seen;
  print "not caught: $_\n" for @missed;
  print "caught without reason: $_\n" for @wrong;
  printf "%d violations expected, %d caught\n", scalar keys %expected, scalar(keys %expected) - @missed;
  return !@missed && !@wrong && keys %expected > 0;
}

die "usage: $0 [--self-test] DIRECTORY\n" unless @ARGV && -d $ARGV[-1];
exit(self_test($ARGV[1]) ? 0 : 1) if $ARGV[0] eq '--self-test';
my @sources = find_sources($ARGV[0], qr/\.(cpp|hpp)$/);
check_file($_) for @sources;
for my $violation (@violations) {
  (my $shown = $violation->{file}) =~ s{^\Q$ARGV[0]\E/}{};
  print "$shown:$violation->{line}: [$violation->{rule}] $violation->{text}\n";
}
printf "%d files checked, %d violations\n", scalar @sources, scalar @violations;
exit(@violations ? 1 : 0);
