"""Touches beside the list, flags and verdicts, rewards, control groups"""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy import Text
from alembic import op
from sqlalchemy.dialects import postgresql

revision = '0005'
down_revision = '0004'
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    # SQLite copies the table; ``Database.migrate`` has references unchecked meanwhile.
    with op.batch_alter_table('touches', schema=None) as batch_op:
        batch_op.add_column(sa.Column('reference', sa.String(length=64), nullable=True))
        batch_op.add_column(sa.Column('control', sa.Boolean(), nullable=False, server_default=sa.false()))
        batch_op.add_column(sa.Column('activity', sa.String(length=40), nullable=True))
        batch_op.add_column(sa.Column('next_step', sa.Text(), nullable=True))
        batch_op.add_column(sa.Column('next_on', sa.Date(), nullable=True))
        batch_op.alter_column('assignment_id',
               existing_type=sa.BigInteger().with_variant(sa.Integer(), 'sqlite'),
               nullable=True)
        batch_op.alter_column('person_id',
               existing_type=sa.BigInteger().with_variant(sa.Integer(), 'sqlite'),
               nullable=True)
        batch_op.create_check_constraint(
            batch_op.f('ck_touches_listed_person'), 'assignment_id IS NULL OR person_id IS NOT NULL'
        )
        batch_op.create_index('ix_touches_rep_id_next_on', ['rep_id', 'next_on'], unique=False)

    op.create_table('contests',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=True, nullable=False),
    sa.Column('team_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('name', sa.String(length=200), nullable=False),
    sa.Column('activity', sa.String(length=40), nullable=False),
    sa.Column('unit', sa.String(length=40), nullable=False),
    sa.Column('prizes', sa.JSON().with_variant(postgresql.JSONB(astext_type=Text()), 'postgresql'), nullable=False),
    sa.Column('starts_on', sa.Date(), nullable=False),
    sa.Column('ends_on', sa.Date(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint('ends_on > starts_on', name=op.f('ck_contests_ends_after_start')),
    sa.ForeignKeyConstraint(['team_id'], ['teams.id'], name=op.f('fk_contests_team_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_contests'))
    )
    with op.batch_alter_table('contests', schema=None) as batch_op:
        batch_op.create_index('ix_contests_team_id_starts_on', ['team_id', 'starts_on'], unique=False)

    op.create_table('control_shares',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=True, nullable=False),
    sa.Column('team_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('share', sa.Double(), nullable=False),
    sa.Column('seed', sa.Integer(), nullable=False),
    sa.Column('decided_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint('share >= 0 AND share <= 1', name=op.f('ck_control_shares_share')),
    sa.ForeignKeyConstraint(['team_id'], ['teams.id'], name=op.f('fk_control_shares_team_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_control_shares'))
    )
    with op.batch_alter_table('control_shares', schema=None) as batch_op:
        batch_op.create_index('ix_control_shares_team_id', ['team_id'], unique=False)

    op.create_table('reward_schemes',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=True, nullable=False),
    sa.Column('team_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('name', sa.String(length=200), nullable=False),
    sa.Column('activity', sa.String(length=40), nullable=False),
    sa.Column('unit', sa.String(length=40), nullable=False),
    sa.Column('rate', sa.Integer(), nullable=False),
    sa.Column('mode', sa.String(length=40), nullable=False),
    sa.Column('tiers', sa.JSON().with_variant(postgresql.JSONB(astext_type=Text()), 'postgresql'), nullable=False),
    sa.Column('stops', sa.Boolean(), nullable=False, server_default=sa.false()),
    sa.Column('starts_on', sa.Date(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint("mode IN ('whole', 'marginal')", name=op.f('ck_reward_schemes_mode')),
    sa.CheckConstraint('rate >= 0', name=op.f('ck_reward_schemes_rate_not_negative')),
    sa.ForeignKeyConstraint(['team_id'], ['teams.id'], name=op.f('fk_reward_schemes_team_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_reward_schemes'))
    )
    with op.batch_alter_table('reward_schemes', schema=None) as batch_op:
        batch_op.create_index('ix_reward_schemes_team_id_starts_on', ['team_id', 'starts_on'], unique=False)

    op.create_table('statements',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=True, nullable=False),
    sa.Column('rep_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('starts_on', sa.Date(), nullable=False),
    sa.Column('ends_on', sa.Date(), nullable=False),
    sa.Column('unit', sa.String(length=40), nullable=False),
    sa.Column('amount', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('lines', sa.JSON().with_variant(postgresql.JSONB(astext_type=Text()), 'postgresql'), nullable=False),
    sa.Column('note', sa.Text(), nullable=False),
    sa.Column('corrects_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('closed_by', sa.String(length=200), nullable=False),
    sa.Column('closed_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint('ends_on > starts_on', name=op.f('ck_statements_ends_after_start')),
    sa.ForeignKeyConstraint(['corrects_id'], ['statements.id'], name=op.f('fk_statements_corrects_id')),
    sa.ForeignKeyConstraint(['rep_id'], ['reps.id'], name=op.f('fk_statements_rep_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_statements'))
    )
    with op.batch_alter_table('statements', schema=None) as batch_op:
        batch_op.create_index('ix_statements_corrects_id', ['corrects_id'], unique=False)
        batch_op.create_index('uq_statements_closed', ['rep_id', 'starts_on', 'ends_on', 'unit'], unique=True, sqlite_where=sa.text('corrects_id IS NULL'), postgresql_where=sa.text('corrects_id IS NULL'))

    op.create_table('reassignments',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=True, nullable=False),
    sa.Column('from_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('to_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('reason', sa.Text(), nullable=False),
    sa.Column('decided_by', sa.String(length=200), nullable=False),
    sa.Column('decided_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['from_id'], ['assignments.id'], name=op.f('fk_reassignments_from_id')),
    sa.ForeignKeyConstraint(['to_id'], ['assignments.id'], name=op.f('fk_reassignments_to_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_reassignments')),
    sa.UniqueConstraint('to_id', name=op.f('uq_reassignments_to_id'))
    )
    with op.batch_alter_table('reassignments', schema=None) as batch_op:
        batch_op.create_index('ix_reassignments_from_id', ['from_id'], unique=False)

    op.create_table('audit_draws',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=True, nullable=False),
    sa.Column('rep_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('touch_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('starts_on', sa.Date(), nullable=False),
    sa.Column('population', sa.Integer(), nullable=False),
    sa.Column('size', sa.Integer(), nullable=False),
    sa.Column('seed', sa.Integer(), nullable=False),
    sa.Column('drawn_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['rep_id'], ['reps.id'], name=op.f('fk_audit_draws_rep_id')),
    sa.ForeignKeyConstraint(['touch_id'], ['touches.id'], name=op.f('fk_audit_draws_touch_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_audit_draws')),
    sa.UniqueConstraint('touch_id', 'starts_on', name=op.f('uq_audit_draws_touch_id_starts_on'))
    )
    with op.batch_alter_table('audit_draws', schema=None) as batch_op:
        batch_op.create_index('ix_audit_draws_rep_id_starts_on', ['rep_id', 'starts_on'], unique=False)

    op.create_table('touch_flags',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=True, nullable=False),
    sa.Column('touch_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('rule', sa.String(length=40), nullable=False),
    sa.Column('why', sa.Text(), nullable=False),
    sa.Column('flagged_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['touch_id'], ['touches.id'], name=op.f('fk_touch_flags_touch_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_touch_flags')),
    sa.UniqueConstraint('touch_id', 'rule', name=op.f('uq_touch_flags_touch_id_rule'))
    )
    op.create_table('touch_verdicts',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=True, nullable=False),
    sa.Column('touch_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('verdict', sa.String(length=40), nullable=False),
    sa.Column('reason', sa.Text(), nullable=False),
    sa.Column('decided_by', sa.String(length=200), nullable=False),
    sa.Column('decided_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint("verdict IN ('accept', 'void')", name=op.f('ck_touch_verdicts_verdict')),
    sa.ForeignKeyConstraint(['touch_id'], ['touches.id'], name=op.f('fk_touch_verdicts_touch_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_touch_verdicts'))
    )
    with op.batch_alter_table('touch_verdicts', schema=None) as batch_op:
        batch_op.create_index('ix_touch_verdicts_touch_id', ['touch_id'], unique=False)

    _protect_statements()


def _protect_statements() -> None:
    """A closed statement is neither changed nor deleted, whoever asks."""
    if op.get_bind().dialect.name == 'sqlite':
        for verb in ('UPDATE', 'DELETE'):
            op.execute(
                f"CREATE TRIGGER statements_no_{verb.lower()} BEFORE {verb} ON statements "
                "BEGIN SELECT RAISE(ABORT, 'a closed statement stays as it is'); END"
            )
        return
    op.execute(
        "CREATE FUNCTION keep_statements() RETURNS trigger LANGUAGE plpgsql AS $$ "
        "BEGIN RAISE EXCEPTION 'a closed statement stays as it is'; END $$"
    )
    op.execute(
        'CREATE TRIGGER statements_stay BEFORE UPDATE OR DELETE ON statements '
        'FOR EACH ROW EXECUTE FUNCTION keep_statements()'
    )


def downgrade() -> None:
    """Take back."""
    with op.batch_alter_table('touches', schema=None) as batch_op:
        batch_op.drop_index('ix_touches_rep_id_next_on')
        batch_op.drop_constraint(batch_op.f('ck_touches_listed_person'), type_='check')
        batch_op.alter_column('person_id',
               existing_type=sa.BigInteger().with_variant(sa.Integer(), 'sqlite'),
               nullable=False)
        batch_op.alter_column('assignment_id',
               existing_type=sa.BigInteger().with_variant(sa.Integer(), 'sqlite'),
               nullable=False)
        batch_op.drop_column('next_on')
        batch_op.drop_column('next_step')
        batch_op.drop_column('activity')
        batch_op.drop_column('control')
        batch_op.drop_column('reference')

    with op.batch_alter_table('touch_verdicts', schema=None) as batch_op:
        batch_op.drop_index('ix_touch_verdicts_touch_id')

    op.drop_table('touch_verdicts')
    op.drop_table('touch_flags')
    with op.batch_alter_table('audit_draws', schema=None) as batch_op:
        batch_op.drop_index('ix_audit_draws_rep_id_starts_on')

    op.drop_table('audit_draws')
    with op.batch_alter_table('reassignments', schema=None) as batch_op:
        batch_op.drop_index('ix_reassignments_from_id')

    op.drop_table('reassignments')
    with op.batch_alter_table('statements', schema=None) as batch_op:
        batch_op.drop_index('uq_statements_closed', sqlite_where=sa.text('corrects_id IS NULL'), postgresql_where=sa.text('corrects_id IS NULL'))
        batch_op.drop_index('ix_statements_corrects_id')

    op.drop_table('statements')
    if op.get_bind().dialect.name != 'sqlite':
        op.execute('DROP FUNCTION keep_statements()')
    with op.batch_alter_table('reward_schemes', schema=None) as batch_op:
        batch_op.drop_index('ix_reward_schemes_team_id_starts_on')

    op.drop_table('reward_schemes')
    with op.batch_alter_table('control_shares', schema=None) as batch_op:
        batch_op.drop_index('ix_control_shares_team_id')

    op.drop_table('control_shares')
    with op.batch_alter_table('contests', schema=None) as batch_op:
        batch_op.drop_index('ix_contests_team_id_starts_on')

    op.drop_table('contests')
